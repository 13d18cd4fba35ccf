"""People, units and enterprises come in whole, or not at all with the line of every mistake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.people_import import ImportFailed, import_files
from store import bindings, people, roster
from store.db import Store
from tests.desk import SECRET


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url, SECRET)
    yield opened
    opened.close()


def write(folder: Path, **files: str) -> list[Path]:
    paths = []
    for name, text in files.items():
        stem, suffix = name.rsplit("_", 1)
        path = folder / f"{stem}.{suffix}"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


GOOD = {
    "departments_csv": "code,name,parent\npower,供电公司,\nbranch,城东所,power\n",
    "enterprises_csv": "name,credit_code,officer\n龙源机械,9144030071526726XG,李建国\n",
    "people_csv": ("name,role,department,enterprises,openid\n李建国,officer,branch,,o1\n张伟,contact,,龙源机械,o2\n"),
    "invitations_csv": "code,enterprise\nabcd1234,龙源机械\n",
}


def test_csv_files_as_a_spreadsheet_writes_them_come_in(store: Store, tmp_path: Path) -> None:
    files = {name: "\ufeff" + text for name, text in GOOD.items()}

    with store.write() as session:
        counted = import_files(session, write(tmp_path, **files))

    assert counted == {"department": 2, "enterprise": 1, "person": 2, "invitation": 1}
    with store.read() as session:
        enterprise = roster.enterprise(session, "龙源机械")
        assert enterprise is not None
        assert enterprise.bound_officer is not None
        assert enterprise.bound_officer.name == "李建国"
        assert [contact.name for contact in enterprise.contacts] == ["张伟"]
        assert bindings.invitation(session, "ABCD1234") is not None


def test_importing_twice_changes_nothing_and_brings_changes_in(store: Store, tmp_path: Path) -> None:
    for files in (GOOD, GOOD, {**GOOD, "departments_csv": GOOD["departments_csv"].replace("城东所", "城东供电所")}):
        with store.write() as session:
            import_files(session, write(tmp_path, **files))

    with store.read() as session:
        assert [unit.name for unit in people.departments_named(session, "branch")] == ["城东供电所"]
        assert len(people.everybody(session)) == 2


def test_every_mistake_is_named_by_line_and_nothing_is_imported(store: Store, tmp_path: Path) -> None:
    text = """
[[department]]
code = "power"
name = "供电公司"

[[person]]
name = "李建国"
role = "boss"

[[person]]
name = "王芳"
role = "officer"
department = "nowhere"

[[person]]
role = "contact"
fax = "13800000000"

[[enterprise]]
name = "龙源机械"
officer = "王芳"

[[enterprise]]
name = "鼎禾食品"
officer = "无此人"
"""
    with pytest.raises(ImportFailed) as failure, store.write() as session:
        import_files(session, write(tmp_path, people_toml=text))

    assert failure.value.errors == [
        "people.toml:6: person: unknown role 'boss'; one of contact, officer, head, coordinator, leader, duty,"
        " discipline, stranger",
        "people.toml:15: person: name is missing",
        "people.toml:15: person: unknown field 'fax'",
        "people.toml:10: person: unknown department 'nowhere'",
        "people.toml:23: enterprise: '无此人' is not an officer",
    ]
    with store.read() as session:
        assert people.everybody(session) == []
        assert roster.enterprise(session, "龙源机械") is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("people_toml", "[[person]\n", "people.toml: "),
        ("people_toml", "[[planet]]\nname = 'x'", "unknown entry 'planet'"),
        ("staff_csv", "name,role\n", "call it one of departments.csv"),
        ("people_xlsx", "PK", "only .toml and .csv"),
        ("people_csv", 'name,role\n"broken', "people.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(store: Store, tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ImportFailed) as failure, store.write() as session:
        import_files(session, write(tmp_path, **{name: text}))

    assert said in str(failure.value)


def test_an_account_of_somebody_else_is_not_taken_over(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        import_files(session, write(tmp_path, **GOOD))

    stolen = "name,role,openid\n别人,contact,o1\n"
    with pytest.raises(ImportFailed, match="belongs to somebody else"), store.write() as session:
        import_files(session, write(tmp_path, people_csv=stolen))


def test_a_stranger_who_wrote_before_becomes_the_imported_person(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        people.add_stranger(session, "oa", "o2", "新用户")

    with store.write() as session:
        import_files(session, write(tmp_path, **GOOD))

    with store.read() as session:
        found = people.identity(session, "oa", "o2")
        assert found is not None
        assert (found.person.name, found.person.role) == ("张伟", "contact")


def test_a_telephone_number_must_be_one(store: Store, tmp_path: Path) -> None:
    wrong = "name,role,phone\n张伟,contact,没有\n"
    with pytest.raises(ImportFailed, match="phone must be a telephone number"), store.write() as session:
        import_files(session, write(tmp_path, people_csv=wrong))
