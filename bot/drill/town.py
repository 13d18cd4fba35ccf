"""The people of a rehearsal: those of the demo, and beside them as many as a day of traffic needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bot.sim
from bot.message import OA, WECOM
from bot.people_import import ACCOUNTS
from store.facts import read

DEMO = Path(bot.sim.__file__).with_name("people.toml")
OFFICERS = 2
"""In each department, beside those of the demo: one with WeCom, one with the service account alone."""
PER_ENTERPRISE = 10
FEWEST = 12


@dataclass(frozen=True, slots=True)
class Phone:
    """Where a person writes and reads."""

    name: str
    role: str
    channel: str
    account: str


def write(folder: Path, messages: int) -> list[Path]:
    """The files to import, for a day of so many messages."""
    file = folder / "town.toml"
    file.write_text("\n".join(_entries(messages)), encoding="utf-8")
    return [DEMO, file]


def phones(files: list[Path]) -> dict[str, Phone]:
    """Everybody in these files who has a phone, by name."""
    found = {}
    for file in files:
        for person in read(str(file), file.name).get("person", []):
            for field, channel in ACCOUNTS.items():
                if field in person:
                    found[person["name"]] = Phone(person["name"], person["role"], channel, person[field])
    return found


def _entries(messages: int) -> Iterator[str]:
    departments = [one["code"] for one in read(str(DEMO), DEMO.name)["department"]]
    at_work = [code for code in departments if code not in ("office", "discipline")]
    for code in at_work:
        for n in range(OFFICERS):
            yield _person(f"{code}-{n + 1}", "officer", (OA, WECOM)[n], department=code)
    yield _person("office-2", "coordinator", OA, department="office")
    for n in range(max(FEWEST, messages // PER_ENTERPRISE)):
        name = f"E{n:03d} Co"
        yield f'[[enterprise]]\nname = "{name}"\nofficer = "{at_work[n % len(at_work)]}-{n % OFFICERS + 1}"\n'
        yield _person(f"E{n:03d}", "contact", OA, enterprise=name)


def _person(name: str, role: str, channel: str, department: str = "", enterprise: str = "") -> str:
    field = next(field for field, on in ACCOUNTS.items() if on == channel)
    lines = ["[[person]]", f'name = "{name}"', f'role = "{role}"', f'{field} = "drill_{name}"']
    if department:
        lines.append(f'department = "{department}"')
    if enterprise:
        lines.append(f'enterprises = ["{enterprise}"]')
    return "\n".join(lines) + "\n"
