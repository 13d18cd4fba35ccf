"""A real worker process of a rehearsal: `lianxin work` with the rehearsal's clock, and perhaps without a protection.

Started by the rehearsal, which tells it what it needs on standard input and ends it with SIGKILL.
"""

import json
import logging
import sys
from pathlib import Path

from bot import config, worker
from bot.drill.breaks import broken
from bot.drill.seams import FileClock
from bot.service import assembled
from bot.waiting import until_stopped


def main() -> None:
    logging.basicConfig(level=logging.ERROR)
    told = json.load(sys.stdin)
    settings = config.load(told["environ"])
    service = broken(assembled(settings, FileClock(Path(told["clock"]))), told["without"])
    worker.start(service, settings)
    until_stopped()


if __name__ == "__main__":
    main()
