"""Read by the process that forks the victims, so that none of them needs a second to begin."""

from tests.desk import parts

parts().intake.analyser.analyse(["我们厂又跳闸了"])
