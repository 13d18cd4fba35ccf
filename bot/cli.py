"""`lianxin`: one entry point, one line of help a command."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

from sqlalchemy.exc import SQLAlchemyError

import intake
from bot import backups, classify, collector, config, ledger, logs, person_cli, rehearsal, worker
from bot.clock import SystemClock
from bot.doctor.checks import report
from bot.drill import command as rehearsal_day
from bot.environment import ConfigError
from bot.gaps import gaps
from bot.people_import import ImportFailed, bring_in
from bot.ready import fresh, keyed, migrated, sound
from bot.serve import serve
from bot.service import assemble, assembled
from bot.sim import demo
from bot.waiting import until_stopped
from intake.analyse import Analyser
from routing.policy import Policy, Turn
from routing.recount import recount
from store import items, trail
from store.db import Store
from store.facts import FactError
from store.migrate import is_current, migrate
from store.vault import NoKey, WrongKey

YIELDING = 5
"""How far a worker stands back where there is too little to compute with: who waits for an answer goes first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 the answer is no, 2 not usable as asked."""
    given = _parser().parse_args(arguments)
    try:
        logs.start(config.log_level())
        run: Callable[[argparse.Namespace], int] = given.run
        return run(given)
    except (ConfigError, FactError) as error:
        print(f"lianxin: {error}", file=sys.stderr)
        return 2
    except NoKey as error:
        print(f"lianxin: LIANXIN_SECRET_KEY: set it: {error}", file=sys.stderr)
        return 2
    except WrongKey as error:
        print(f"lianxin: LIANXIN_SECRET_KEY_OLD: does not open what is there ({error})", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"lianxin: {error}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        print(f"lianxin: database: {type(error).__name__}; is LIANXIN_DATABASE_URL right?", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lianxin", description="连心桥: enterprise problems, told in chat, until solved"
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    started = command("demo", _demo, "everything in one process, with simulated phones and a movable clock")
    started.add_argument("--keep", action="store_true", help="go on with the data and clock of the last run")
    command("serve", _serve, "the web part only, under gunicorn, on 127.0.0.1 and PORT")
    command("work", _work, "tick and drain; any number of processes")
    command("migrate", _migrate, "bring the database to this program's schema")
    checking = command("check", _check, "validate configuration and calendar; rehearse another calendar")
    checking.add_argument(
        "--calendar",
        type=Path,
        metavar="FILE",
        help="what this calendar would change for open items; changes nothing",
    )
    examining = command("doctor", _doctor, "would a real deployment work? what is missing, and where it is mended")
    examining.add_argument("--fix", action="store_true", help="make the menus of menu.toml on the platforms")
    backups.options(command("backup", partial(backups.run_backup, print), backups.BACKUP))
    backups.options(command("restore", partial(backups.run_restore, print), backups.RESTORE))
    command("recount", _recount, "count open deadlines anew by the calendar in force, and tell whom it concerns")
    reading = command("import", _import, "people, departments and enterprises from TOML or CSV; all or nothing")
    reading.add_argument("files", nargs="+", type=Path)
    learning = command("learn", _learn, "turn corrections into a proposal in an empty folder; changes nothing")
    learning.add_argument("out", type=Path)
    training = command("train", _train, "train the model from the example files and write it to a folder")
    training.add_argument("out", type=Path, nargs="?")
    command("classify", _classify, "classify JSONL from standard input")
    person_cli.add_arguments(command("person", _person, person_cli.HELP))
    command("export", _export, "print the ledger as JSONL")
    rehearsal_day.options(command("rehearse", rehearsal_day.run, rehearsal_day.HELP))
    return parser


def _demo(given: argparse.Namespace) -> int:
    demo.run(config.port(), given.keep, config.config_dir())
    return 0


def _serve(_given: argparse.Namespace) -> int:
    serve(keyed(), config.port())
    return 0


def _work(_given: argparse.Namespace) -> int:
    os.nice(YIELDING)
    settings = keyed()
    service = assembled(settings, SystemClock())
    collector.settle()
    scheduler = worker.start(service, settings)
    until_stopped()
    scheduler.shutdown(wait=True)
    service.store.close()
    return 0


def _migrate(_given: argparse.Namespace) -> int:
    settings = config.load()
    migrate(settings.database_url, secret=settings.secret_key)
    return 0


def _check(given: argparse.Namespace) -> int:
    if given.calendar:
        return _rehearse(given.calendar)
    settings = config.load()
    clock = SystemClock()
    service = assemble(Store(settings.database_url), clock, settings.config_dir)
    year = service.policy.calendar.local(clock.now()).year
    for each in (year, year + 1):
        if not service.policy.calendar.is_announced(each):
            print(f"calendar.toml: {each}: holidays not announced yet; deadlines in that year are estimates")
    if is_current(settings.database_url):
        with service.store.read() as session:
            for line in gaps(session):
                print(line)
            if (broken := trail.broken(session)) is not None:
                print(f"audit: row {broken} does not follow from the one before: changed, or one is missing")
    service.store.close()
    sound(settings)
    print("configuration: ok")
    return 0


def _doctor(given: argparse.Namespace) -> int:
    status = 0
    for line, good in report(os.environ, SystemClock(), given.fix):
        print(line, flush=True)
        status = status if good else 1
    return status


def _rehearse(file: Path) -> int:
    settings, clock = migrated(config.load()), SystemClock()
    service = assemble(Store(settings.database_url), clock, settings.config_dir)
    with service.store.read() as session:
        for line in rehearsal.lines(session, service, file, settings.config_dir, clock.now()):
            print(line)
    service.store.close()
    return 0


def _recount(_given: argparse.Namespace) -> int:
    settings = migrated(config.load())
    store, policy = Store(settings.database_url), Policy.load(settings.config_dir)
    with store.write() as session:
        turn = Turn(session, policy, SystemClock().now())
        moved = [item.number for item in items.all_open(session) if recount(turn, item)]
    store.close()
    print(f"recounted {len(moved)}", *moved)
    return 0


def _import(given: argparse.Namespace) -> int:
    settings = keyed()
    store, policy = Store(settings.database_url, settings.secret_key), Policy.load(settings.config_dir)
    try:
        with store.write() as session:
            counted = bring_in(Turn(session, policy, SystemClock().now()), given.files)
    except ImportFailed as failed:
        print("\n".join(failed.errors), file=sys.stderr)
        print(f"lianxin: nothing imported, {len(failed.errors)} errors", file=sys.stderr)
        return 1
    finally:
        store.close()
    print(", ".join(f"{kind} {count}" for kind, count in counted.items()))
    return 0


def _person(given: argparse.Namespace) -> int:
    settings = fresh() if given.deed == "rekey" else keyed()
    return person_cli.run(given, settings, SystemClock())


def _learn(given: argparse.Namespace) -> int:
    settings = migrated(config.load())
    given.out.mkdir(parents=True, exist_ok=True)
    if any(given.out.iterdir()):
        print(f"lianxin: {given.out} is not empty; name a new folder for the proposal", file=sys.stderr)
        return 2
    store = Store(settings.database_url)
    with store.read() as session:
        for line in _learning().propose(session, given.out, settings.config_dir, config.CACHE):
            print(line)
    store.close()
    return 0


def _train(given: argparse.Namespace) -> int:
    folder = given.out or config.config_dir() or Path(intake.__file__).parent
    print(_learning().train_to(folder, config.config_dir(), config.CACHE))
    return 0


def _learning() -> ModuleType:
    """Loaded only where it is used: scikit-learn costs every other command a second and 100 MB."""
    return importlib.import_module("bot.learning")


def _classify(_given: argparse.Namespace) -> int:
    analyser = Analyser.load(config.config_dir(), config.CACHE)
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    status = 0
    for answer, good in classify.run(sys.stdin, analyser):
        print(answer)
        status = status if good else 1
    return status


def _export(_given: argparse.Namespace) -> int:
    settings, clock = migrated(config.load()), SystemClock()
    service = assemble(Store(settings.database_url), clock, settings.config_dir)
    with service.store.read() as session:
        for row in ledger.rows(session, service.speaker, service.policy.flags, clock.now()):
            print(json.dumps(row, ensure_ascii=False))
    service.store.close()
    return 0
