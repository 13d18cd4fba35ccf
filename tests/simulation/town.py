"""A small town for the simulation: enterprises with contacts, departments with officers and heads, an office."""

from collections.abc import Iterator
from pathlib import Path

from bot.people_import import import_files
from store import people
from tests.desk import PEOPLE, Desk

ENTERPRISES = 24
DEPARTMENTS = {
    "finance_office": "money",
    "treasury": "money",
    "tax": "money",
    "power": "elements",
    "water": "elements",
    "park": "elements",
    "transport": "elements",
    "ecology": "elements",
    "emergency": "elements",
    "approval": "approvals",
    "natural_resources": "approvals",
    "construction": "approvals",
    "labor": "growth",
    "industry": "growth",
    "science": "growth",
    "commerce": "growth",
}
"""Departments with an officer of their own, and the group above each, which has a head."""


def settle(desk: Desk, folder: Path) -> None:
    """Bring the people of the town in beside those of the stories."""
    file = folder / "town.toml"
    file.write_text("\n".join(_entries()), encoding="utf-8")
    with desk.store.write() as session:
        import_files(session, [PEOPLE, file])


def _entries() -> Iterator[str]:
    departments = sorted(DEPARTMENTS)
    for code in departments:
        yield _person(f"干部{code}", "officer", department=code)
    for group in sorted(set(DEPARTMENTS.values())):
        yield _person(f"负责人{group}", "head", department=group)
    yield _person("协调二", "coordinator", department="office")
    yield _person("受理二", "discipline", department="discipline")
    for n in range(ENTERPRISES):
        name = f"第{n:02d}制造有限公司"
        officer = f"干部{departments[n % len(departments)]}"
        yield f'[[enterprise]]\nname = "{name}"\nofficer = "{officer}"\n'
        yield _person(f"联系人{n:02d}", "contact", enterprise=name)


def _person(name: str, role: str, department: str = "", enterprise: str = "") -> str:
    lines = ["[[person]]", f'name = "{name}"', f'role = "{role}"', f'openid = "o_{name}"']
    if department:
        lines.append(f'department = "{department}"')
    if enterprise:
        lines.append(f'enterprises = ["{enterprise}"]')
    return "\n".join(lines) + "\n"


def named(desk: Desk, role: str) -> list[str]:
    with desk.store.read() as session:
        return [person.name for person in people.with_role(session, role)]
