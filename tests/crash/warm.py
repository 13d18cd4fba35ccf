"""Read by the process that forks the victims, so that none of them needs a second to begin."""

import gc

from sqlalchemy.orm import configure_mappers

from tests.desk import parts

parts().intake.analyser.analyse(["我们厂又跳闸了"])
configure_mappers()
gc.collect()
gc.freeze()  # else collecting would copy what is shared
