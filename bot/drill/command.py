"""The command line of `lianxin rehearse`."""

import argparse
import functools

from bot import config
from bot.drill import rehearse
from bot.drill.breaks import BREAKS
from bot.drill.world import Plan
from bot.environment import ConfigError

HELP = "a day of traffic with every trouble on a scratch database, and its account"
SMALL_DAY, FULL_DAY = 300, 2000
FEWEST, MOST = 20, 10_000


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--break", dest="without", choices=sorted(BREAKS), help="leave this out: it must be found")
    parser.add_argument("--day", action="store_true", help=f"a full day of {FULL_DAY} messages")
    parser.add_argument("--messages", type=int, default=SMALL_DAY, metavar="N", help=f"instead of {SMALL_DAY}")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another course of the same day")
    parser.add_argument("--database", metavar="URL", help="an empty database, emptied again afterwards")


def run(given: argparse.Namespace) -> int:
    """Play the day; its exit status. Raises ConfigError."""
    messages = FULL_DAY if given.day else given.messages
    if not FEWEST <= messages <= MOST:
        raise ConfigError(f"--messages: from {FEWEST} to {MOST}")
    with rehearse.scratch(given.database) as (url, folder):
        plan = Plan(url, folder, given.seed, messages, given.without, config.config_dir())
        return rehearse.run(plan, functools.partial(print, flush=True))
