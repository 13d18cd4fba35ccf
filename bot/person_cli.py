"""`lianxin person`: what is held on one person, printed or taken out; and the key changed with which it is sealed."""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from bot import privacy
from bot.clock import Clock
from bot.config import Config, old_secret_key
from bot.environment import ConfigError
from bot.service import Service, assemble
from routing.policy import Turn
from store import dossier, people, rekey, trail
from store.db import Store
from store.tables import Person

HELP = "one person's data: export, erase; strangers' accounts; rekey after the secret key was changed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(required=True, metavar="deed", dest="deed")
    told = "print everything held on one person, as JSON"
    deeds.add_parser("export", help=told, description=told).add_argument("who", metavar="NAME|ID")
    told = "take a person's name, telephone numbers, accounts and messages out of every table; their statements stay"
    erasing = deeds.add_parser("erase", help=told, description=told)
    erasing.add_argument("who", metavar="NAME|ID")
    erasing.add_argument("--yes", action="store_true", help="do it; without this it only says whom it would be")
    told = "list the accounts of people nobody has claimed yet, the last to come first"
    deeds.add_parser("strangers", help=told, description=told)
    told = "seal everything anew: LIANXIN_SECRET_KEY_OLD is the key until now, LIANXIN_SECRET_KEY the new one"
    deeds.add_parser("rekey", help=told, description=told)


def run(given: argparse.Namespace, settings: Config, clock: Clock) -> int:
    """Do what was asked; the exit status."""
    return DEEDS[given.deed](given, settings, clock)


def _export(given: argparse.Namespace, settings: Config, clock: Clock) -> int:
    with closing(Store(settings.database_url, settings.secret_key)) as store, store.write() as session:
        person = _only(dossier.named(session, given.who), given.who)
        if person is None:
            return 1
        trail.note(session, "export", by=None, now=clock.now(), about=person)
        print(privacy.as_json(session, person))
    return 0


def _erase(given: argparse.Namespace, settings: Config, clock: Clock) -> int:
    service = assemble(Store(settings.database_url, settings.secret_key), clock, settings.config_dir)
    try:
        with service.store.write() as session:
            person = _only(dossier.named(session, given.who), given.who)
            return (
                1 if person is None else _erased(given, service, Turn(session, service.policy, clock.now()), person)
            )
    finally:
        service.store.close()


def _erased(given: argparse.Namespace, service: Service, turn: Turn, person: Person) -> int:
    told = f"person {person.id} ({person.role}): {len(dossier.sent_by(turn.session, person))} messages"
    if person.active and person.role not in privacy.ROLES:
        print(f"lianxin: {told}: holds a post; let them leave it first (离岗, or active = false)", file=sys.stderr)
        return 1
    if person.erased_at is not None:
        print(f"lianxin: {told}: was erased already", file=sys.stderr)
        return 1
    if not given.yes:
        print(f"{told}; say --yes to erase")
        return 1
    privacy.erase(service, turn, person, by=None)
    dossier.scrub_rest(turn.session)
    print(f"erased person {person.id}")
    return 0


def _strangers(_given: argparse.Namespace, settings: Config, _clock: Clock) -> int:
    with closing(Store(settings.database_url, settings.secret_key)) as store, store.read() as session:
        for person, identity in dossier.strangers(session):
            print(person.name, identity.channel, people.account_of(session, identity), sep="\t")
    return 0


def _rekey(_given: argparse.Namespace, settings: Config, _clock: Clock) -> int:
    old = old_secret_key()
    if not old:
        raise ConfigError("LIANXIN_SECRET_KEY_OLD: set it to the key until now")
    with closing(Store(settings.database_url, settings.secret_key)) as store, store.write() as session:
        counted = rekey.rekey(session, old)
    print(", ".join(f"{name} {count}" for name, count in counted.items()))
    return 0


def _only(found: list[Person], said: str) -> Person | None:
    """The one who is meant; None, and why, when that is not clear."""
    if len(found) == 1:
        return found[0]
    ids = ", ".join(f"{one.id} ({one.role})" for one in found)
    print(
        f"lianxin: {said}: {f'several: {ids}; give the id' if found else 'nobody of this name or id'}",
        file=sys.stderr,
    )
    return None


DEEDS: dict[str, Callable[[argparse.Namespace, Config, Clock], int]] = {
    "export": _export,
    "erase": _erase,
    "strangers": _strangers,
    "rekey": _rekey,
}
