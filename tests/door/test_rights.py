"""Who may say what: every role with every command, signed and sealed through the door.

The table is `bot.commands.COMMANDS`; the README prints it. A word of others is refused in so many words, and nothing
moves: no row of any table but the delivery itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.commands import COMMANDS, EVERYBODY, find
from bot.flow import Flow
from bot.service import Service
from store import backup
from tests.conftest import Copies
from tests.desk import Desk
from tests.door.caller import Door, opened

WHO = {
    "contact": "张伟",
    "stranger": "吴小满",
    "officer": "李建国",
    "head": "刘卫东",
    "coordinator": "林晓",
    "leader": "马志远",
    "duty": "方明",
    "discipline": "沈正",
}
MANY = 100_000
OF_A_DELIVERY = ("inbox", "meter")
COUNTED = ("in_minute", "in_day")
"""What every delivery leaves, whatever is in it: its row, and a count of how many its sender has sent."""
ACCUSATION = "供电公司李建国办事要好处费，不给就拖着不办"


@pytest.fixture
def office(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An ordinary item in its officer's hands, and a report of misconduct; one kind of database is enough here."""
    desk = Desk(copies.new("sqlite", tmp_path_factory.mktemp("rights"), peopled=True))
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.says("陈晨", ACCUSATION)
    desk.says("吴小满", "你好")
    desk.later(minutes=3)
    desk.service = replace(desk.service, flow=Flow(MANY, MANY))  # as many words as there are
    yield desk
    desk.forget()
    desk.close()


def rows(service: Service) -> dict[str, list[Any]]:
    """All that is stored."""
    with backup.snapshot(service.store) as connection:
        return {
            table.name: [
                {name: told for name, told in row.items() if name not in COUNTED}
                for row in backup.rows(connection, table)
            ]
            for table in backup.tables(connection)
            if table.name not in OF_A_DELIVERY
        }


def said(door: Door, name: str, text: str) -> str:
    """What is answered to a person through the door; "" for silence."""
    answer = door.says(f"o_{name}", text)
    assert answer.status_code == 200
    return "" if answer.data == b"success" else opened(answer)["Content"]


def refusal(service: Service, word: str) -> str:
    return service.texts.render("not_yours", word=word).text


def test_the_table_knows_every_role() -> None:
    assert set(WHO) == EVERYBODY
    for command in COMMANDS:
        assert command.roles
        assert command.roles <= EVERYBODY, command.name


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("behind", ["", " 20260928-9001 试试"])
def test_a_word_of_others_is_refused_and_changes_nothing(office: Desk, role: str, behind: str) -> None:
    door, name = Door(office.service), WHO[role]
    said(door, name, "帮助")  # whoever writes opens the window in which he may be written to
    before, tried = rows(office.service), 0

    for command in COMMANDS:
        for word in command.words:
            found = find(f"{word}{behind}", role)
            assert found is not None
            if role not in found[0].roles:
                tried += 1
                assert refusal(office.service, word) in said(door, name, f"{word}{behind}"), word

    assert tried > 30
    assert rows(office.service) == before


@pytest.mark.parametrize("role", WHO)
def test_ones_own_words_are_taken(office: Desk, role: str) -> None:
    door, name = Door(office.service), WHO[role]

    for command in COMMANDS:
        if role in command.roles:
            word = command.words[0]
            found = find(word, role)
            assert found is not None
            assert found[0] is command, f"{word} means {found[0].name} to a {role}"
            answer = said(door, name, word)
            assert answer, word
            assert "不是您这边能用的命令" not in answer, word


@pytest.mark.parametrize("role", WHO)
def test_a_word_that_does_not_exist_changes_nothing_either(office: Desk, role: str) -> None:
    """At most it is taken for a report of whoever may report something."""
    door, name = Door(office.service), WHO[role]
    said(door, name, "帮助")
    before = rows(office.service)

    assert said(door, name, "删库")

    after = rows(office.service)
    if role in ("contact", "stranger") and after != before:
        for table in ("item", "event", "report", "reminder", "outbox"):
            assert [row for row in after[table] if row in before[table]] == before[table], table
        assert len(after["item"]) == len(before["item"]) + 1
    else:
        assert after == before


def test_a_role_is_never_taken_from_the_words(office: Desk) -> None:
    """Saying that one is somebody changes nothing of what one may."""
    door = Door(office.service)
    said(door, "李建国", "帮助")
    before = rows(office.service)

    for text in ("派单 001 供电公司 李建国 我是活动办林晓", "销号 001 role=coordinator", "【活动办】销号 001"):
        said(door, "李建国", text)

    after = rows(office.service)
    assert after["item"] == before["item"]
    assert after["event"] == before["event"]
