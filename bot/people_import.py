"""Departments, people, enterprises and invitations from TOML or CSV into rows: all of them, or none with reasons."""

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from bot.message import OA, WECOM
from bot.people_files import KINDS, Row, complaints, rows
from routing import departure, units
from routing.acting import heir
from routing.policy import Turn
from store import dossier, people, roster
from store.tables import Department, Enterprise, Person

ACCOUNTS = {"openid": OA, "wecom": WECOM}
"""What a person is called on each channel: on WeCom the directory user id."""
PHONE = re.compile(r"\+?\d{7,15}")


class ImportFailed(Exception):
    """Nothing was imported. `errors` says why, a line each: file, line, reason."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(slots=True)
class Import:
    """One import into one transaction: what is there, what is missing, what is wrong."""

    session: Session
    errors: list[str] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)  # what this import has already brought in
    renamed: list[tuple[Department, str]] = field(default_factory=list)  # with the name before
    counted: dict[str, int] = field(default_factory=dict)

    def wrong(self, row: Row, reason: str) -> None:
        self.errors.append(f"{row.where}: {row.kind}: {reason}")


def bring_in(turn: Turn, paths: Iterable[Path]) -> dict[str, int]:
    """Import, and put in order what units that are no more and people who have left their post leave behind."""
    work = _read_in(turn.session, paths)
    for unit, before in work.renamed:
        units.note_name(turn, unit, before, None)
    units.sweep(turn)
    departure.sweep(turn)
    return work.counted


def import_files(session: Session, paths: Iterable[Path]) -> dict[str, int]:
    """Read the files and write all rows; how many of each kind. What is there already is brought up to date.

    CSV files are called departments.csv, people.csv, enterprises.csv or invitations.csv; TOML files hold
    [[department]], [[person]], [[enterprise]] and [[invitation]] entries. Raises ImportFailed and then the
    caller's transaction must be rolled back. For an office at work use `bring_in`.
    """
    return _read_in(session, paths).counted


def _read_in(session: Session, paths: Iterable[Path]) -> Import:
    work = Import(session)
    found: list[Row] = []
    for path in paths:
        try:
            found.extend(rows(path))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error, ValueError) as error:
            work.errors.append(f"{path.name}: {error}")
    good = [row for row in found if _complete(work, row)]
    for kind in KINDS:
        for row in good:
            if row.kind == kind:
                WRITERS[kind](work, row)
        session.flush()
    for row in good:
        if row.kind in TYING:
            TYING[row.kind](work, row)
    if work.errors:
        raise ImportFailed(work.errors)
    work.counted = {kind: sum(row.kind == kind for row in good) for kind in KINDS}
    return work


def _complete(work: Import, row: Row) -> bool:
    wrong = list(complaints(row))
    for reason in wrong:
        work.wrong(row, reason)
    return not wrong


def _department(work: Import, row: Row) -> None:
    unit = roster.department(work.session, row.values["code"]) or Department(code=row.values["code"])
    if unit.name is not None and unit.name != row.values["name"]:
        work.renamed.append((unit, unit.name))
    unit.name, unit.parent_code = row.values["name"], row.values.get("parent")
    unit.successor_code = row.values.get("merged_into", unit.successor_code)
    unit.valid_to = _day(work, row) or unit.valid_to
    work.session.add(unit)


def _day(work: Import, row: Row) -> date | None:
    said = row.values.get("valid_to")
    if said and "merged_into" not in row.values:
        work.wrong(row, "valid_to needs merged_into: what the unit has must go somewhere")
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        work.wrong(row, f"valid_to must be a day like 2026-09-30, not {said!r}")
        return None


def _place_unit(work: Import, row: Row) -> None:
    """Units name others, above them or after them, that may come later in the file."""
    parent, after = row.values.get("parent"), row.values.get("merged_into")
    if parent and roster.department(work.session, parent) is None:
        work.wrong(row, f"unknown parent {parent!r}")
    if after and roster.department(work.session, after) is None:
        work.wrong(row, f"merged_into: unknown department {after!r}")
    elif after and roster.department(work.session, row.values["code"]) in roster.successors(work.session, after):
        work.wrong(row, f"merged_into {after!r} goes round in a circle")


def _enterprise(work: Import, row: Row) -> None:
    enterprise = roster.enterprise(work.session, row.values["name"]) or Enterprise(name=row.values["name"])
    enterprise.credit_code = row.values.get("credit_code")
    work.session.add(enterprise)


def _person(work: Import, row: Row) -> None:
    key = row.values.get("key") or row.values["name"]
    known = roster.person(work.session, key)
    if not _is_new(work, row, key) or _is_somebody_else(work, row, known):
        return
    person = known or Person(key=key)
    person.name, person.role = row.values["name"], row.values["role"]
    person.active = _active(work, row, known)
    person.department = _unit(work, row)
    _tie(work, row, person)
    work.session.add(person)
    work.session.flush()
    if phone := re.sub(r"[\s-]", "", row.values.get("phone", "")):
        if not PHONE.fullmatch(phone):
            work.wrong(row, f"phone must be a telephone number, not {row.values['phone']!r}")
        dossier.set_phone(work.session, person, phone)
    for name, channel in ACCOUNTS.items():
        account = row.values.get(name)
        if account and not roster.claim(work.session, person, channel, account):
            work.wrong(row, f"this {name} belongs to somebody else")


def _active(work: Import, row: Row, known: Person | None) -> bool:
    """Whether this person is in the service. Where nothing is said, whoever has left stays away."""
    said = row.values.get("active", "false" if known and not known.active else "true").lower()
    if said not in ("true", "false"):
        work.wrong(row, f"active must be true or false, not {said!r}")
    return said == "true"


def _name_successor(work: Import, row: Row) -> None:
    """Who takes over from somebody who leaves or changes to another post."""
    person = roster.person(work.session, row.values.get("key") or row.values["name"])
    key = row.values.get("successor")
    successor = roster.person(work.session, key) if key else None
    if key and (successor is None or not successor.active or successor is person):
        work.wrong(row, f"successor {key!r} is nobody who can take over")
    if person is not None and (key or person.active):
        person.successor = successor


def _is_new(work: Import, row: Row, key: str) -> bool:
    """One entry a key: two people of one name would become one, with the rights of both."""
    if (row.kind, key) in work.keys:
        work.wrong(row, f"{key!r} is entered twice; give each person a key of their own")
        return False
    work.keys.add((row.kind, key))
    return True


def _is_somebody_else(work: Import, row: Row, known: Person | None) -> bool:
    """A person of that name with another account is probably another person."""
    if known is None or row.values.get("key"):
        return False
    for name, channel in ACCOUNTS.items():
        account = row.values.get(name)
        if account and not roster.has_account(work.session, known, channel, account):
            told = f"there is another {known.name!r} with another {name}; give a key, the same one to replace it"
            work.wrong(row, told)
            return True
    return False


def _unit(work: Import, row: Row) -> Department | None:
    code = row.values.get("department")
    known = roster.department(work.session, code) if code else None
    unit = people.heir(work.session, known) if known else None
    if code and unit is None:
        work.wrong(row, f"unknown department {code!r}")
    if row.values["role"] in ("officer", "head") and not code:
        work.wrong(row, "an officer or head needs a department")
    return unit


def _tie(work: Import, row: Row, person: Person) -> None:
    for name in filter(None, row.values.get("enterprises", "").split(";")):
        enterprise = roster.enterprise(work.session, name)
        if enterprise is None:
            work.wrong(row, f"unknown enterprise {name!r}")
        elif enterprise not in person.enterprises:
            person.enterprises.append(enterprise)


def _bind_officer(work: Import, row: Row) -> None:
    if "officer" not in row.values:
        return
    key = row.values["officer"]
    named, enterprise = roster.person(work.session, key), roster.enterprise(work.session, row.values["name"])
    officer = heir(named) if named else None
    if officer is None or officer.role != "officer":
        work.wrong(row, f"{key!r} is not an officer")
    if enterprise is not None:
        enterprise.bound_officer = officer


def _invitation(work: Import, row: Row) -> None:
    enterprise = roster.enterprise(work.session, row.values["enterprise"])
    if enterprise is None:
        work.wrong(row, f"unknown enterprise {row.values['enterprise']!r}")
        return
    if not roster.invite(work.session, row.values["code"].upper(), enterprise):
        work.wrong(row, f"the code {row.values['code']!r} belongs to another enterprise")


WRITERS = {"department": _department, "enterprise": _enterprise, "person": _person, "invitation": _invitation}
TYING = {"department": _place_unit, "enterprise": _bind_officer, "person": _name_successor}
"""What each row says of others, once all are in."""
