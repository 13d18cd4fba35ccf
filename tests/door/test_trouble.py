"""When something breaks: what is not stored is not answered, what is stored is answered, and logs tell nothing."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot import wire
from store.db import Store
from store.migrate import migrate
from tests.desk import SECRET, Desk
from tests.door.caller import (
    KEY,
    SEALED,
    TOKEN,
    Door,
    message,
    opened,
    plain,
    sealed,
    sealed_text,
    without_welcome,
    wordless,
)
from tests.postgres import Postgres, throw_away

WORDS = "我们厂又跳闸了，我的手机号13812345678"


@dataclass
class Outage:
    """A house whose database can be taken away and brought back."""

    door: Door
    begin: Callable[[], None]
    end: Callable[[], None]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.process)])
def outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    with _lost_disk(tmp_path) if request.param == "sqlite" else _killed_server() as outage:
        yield outage


@contextmanager
def _lost_disk(folder: Path) -> Iterator[Outage]:
    """The folder with the file goes away, as an unmounted disk does."""
    here, gone = folder / "disk", folder / "gone"
    with _house(f"sqlite:///{here / 'house.db'}") as desk:

        def begin() -> None:
            desk.store.close()
            here.rename(gone)

        yield Outage(Door(desk.service), begin, lambda: _back(gone, here))


def _back(gone: Path, here: Path) -> None:
    gone.rename(here)


@contextmanager
def _killed_server() -> Iterator[Outage]:
    server: Postgres
    with throw_away() as server, _house(server.database("house")) as desk:
        yield Outage(Door(desk.service), server.kill9, server.start)


@contextmanager
def _house(url: str) -> Iterator[Desk]:
    migrate(url)
    desk = Desk(url)
    yield desk
    desk.close()


def test_a_message_in_an_outage_is_refused_for_now_and_taken_when_it_comes_again(
    outage: Outage, somebody: str
) -> None:
    """H: with the database down 503, and after it is back nothing is lost"""
    door = outage.door
    inside = message(somebody, door.at, MsgType="text", Content=WORDS)
    assert door.healthz().status_code == 200

    outage.begin()
    refused, health = door.post(sealed(inside, door.at)), door.healthz()
    outage.end()
    again = door.post(sealed(inside, door.at + 5, "n1"))

    assert (refused.status_code, refused.data) == (503, b"")
    assert (health.status_code, health.json["status"]) == (503, "down")
    assert opened(again)["ToUserName"] == somebody
    assert len(door.items(somebody)) == 1
    assert door.healthz().status_code == 200


def test_a_mistake_of_ours_is_answered_kindly_and_left_for_a_person(door: Door, somebody: str) -> None:
    """H: a handler that raises is answered 200; the message is kept, marked and told to a person"""
    broken = Door(without_welcome(door.service))

    answer = broken.says(somebody, MsgType="event", Event="subscribe", EventKey="")

    assert answer.status_code == 200
    assert opened(answer)["Content"] == door.service.texts.say("trouble")
    row = door.inbox(somebody)[0]
    assert (row.failed, somebody in row.body) == (True, True)


def test_what_failed_is_not_tried_again_by_a_redelivery(door: Door, somebody: str) -> None:
    """H: what failed is not tried again by its redelivery"""
    broken = Door(without_welcome(door.service))
    inside = message(somebody, door.at, MsgType="event", Event="subscribe", EventKey="")
    first = broken.post(sealed(inside, door.at))

    again = door.post(sealed(inside, door.at + 5, "n1"))

    assert opened(again) == opened(first)
    assert len(door.inbox(somebody)) == 1


def test_a_failed_message_leaves_nothing_half_done(door: Door, somebody: str) -> None:
    texts = {key: text for key, text in door.service.texts.texts.items() if not key.startswith("received")}
    broken = Door(replace(door.service, texts=replace(door.service.texts, texts=texts)))

    broken.says(somebody, WORDS)

    assert [row.failed for row in door.inbox(somebody)] == [True]
    assert door.items(somebody) == door.fragments(somebody) == []


@pytest.mark.parametrize(("mute", "said"), [("welcome", ""), ("received", WORDS), ("rate_nothing", "满意")])
def test_an_answer_without_words_is_a_mistake_of_ours_too(door: Door, somebody: str, mute: str, said: str) -> None:
    """H: an answer that comes out without a word is a failure like others: kept, marked, told, answered 200"""
    event = {} if said else {"MsgType": "event", "Event": "subscribe", "EventKey": ""}
    door.says(somebody, "你好")

    answer = Door(wordless(door.service, mute)).says(somebody, said, **event)

    assert answer.status_code == 200
    assert opened(answer)["Content"] == door.service.texts.say("trouble")
    before, row = door.inbox(somebody)
    assert (before.failed, row.failed) == (False, True)
    assert door.told_of(row)
    assert door.items(somebody) == door.fragments(somebody) == []


def test_where_even_the_word_of_trouble_is_missing_silence_is_the_answer(door: Door, somebody: str) -> None:
    door.says(somebody, "你好")

    answer = Door(wordless(door.service, "welcome", "trouble")).says(
        somebody, MsgType="event", Event="subscribe", EventKey=""
    )

    assert (answer.status_code, answer.data) == (200, b"success")
    assert [row.failed for row in door.inbox(somebody)] == [False, True]


def test_the_log_tells_nothing_of_anybody(door: Door, somebody: str, caplog: pytest.LogCaptureFixture) -> None:
    """M: no openid, telephone number, word, token or query in the log at INFO"""
    caplog.set_level(logging.INFO)
    inside = message(somebody, door.at, MsgType="text", Content=WORDS)
    right = sealed(inside, door.at, "secret-nonce")

    door.post(right)
    door.post(right.but(msg_signature="0" * 40))
    door.post(right.but(timestamp=str(door.at - 3600)))
    door.post(plain(inside, door.at))
    door.post(sealed_text(wire.seal(replace(SEALED, receive_id="wx2"), inside), door.at))
    door.post(sealed(inside.replace(b"</xml>", b"<Content>2</Content></xml>"), door.at))
    door.get(**{name: str(value) for name, value in right.query.items()}, echostr="secret-echo")
    Door(without_welcome(door.service)).says(somebody, MsgType="event", Event="subscribe", EventKey="")

    assert caplog.text.count("turned away") == 5
    assert "could not be handled" in caplog.text
    told_nothing(caplog.text, somebody, *map(str, right.query.values()))


def told_nothing(log: str, *secrets: str) -> None:
    private = [WORDS, "13812345678", TOKEN, KEY, "secret-nonce", "secret-echo", "msg_signature=", *secrets]
    assert [word for word in private if word in log and word != "aes"] == []


def test_the_log_of_an_outage_tells_nothing_either(
    outage: Outage, somebody: str, caplog: pytest.LogCaptureFixture
) -> None:
    """M: the log of an outage names nobody and nothing either"""
    caplog.set_level(logging.INFO)
    outage.begin()

    outage.door.says(somebody, WORDS)
    outage.door.healthz()

    outage.end()
    assert "could not store a message: " in caplog.text
    told_nothing(caplog.text, somebody)


def test_a_database_of_another_schema_is_no_reason_to_lose_a_message(tmp_path: Path, door: Door) -> None:
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}", SECRET)

    answer = Door(replace(door.service, store=empty)).says("o_1", WORDS)

    empty.close()
    assert answer.status_code == 503
