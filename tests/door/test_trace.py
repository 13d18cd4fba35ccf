"""From a line of the proxy's log to the push on somebody's phone: one name goes along."""

import json
import logging
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from bot import logs, worker
from store import trace
from store.db import Store
from store.migrate import migrate
from store.tables import Push
from tests.desk import Desk
from tests.door.caller import PATH, SAFE, Door, message, sealed
from tests.processes import free_port, running, until

NAME = "0af7651916cd43dd8448eb211c80319c"


def pushes(own_desk: Desk) -> list[Push]:
    with own_desk.store.read() as session:
        return list(session.scalars(select(Push).order_by(Push.id)))


def says(door: Door, name: str, text: str, **headers: str) -> None:
    letter = sealed(message(f"o_{name}", door.at, MsgType="text", Content=text), door.at)
    assert door.post(letter, **headers).status_code == 200


def test_a_push_keeps_the_name_of_the_request_that_caused_it_and_the_sender_tells_it(
    own_desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(logs.Masked())
    caplog.set_level(logging.INFO)
    door = Door(own_desk.service)
    own_desk.says("张伟", "我们厂又跳闸了")
    own_desk.later(minutes=2)
    before = len(pushes(own_desk))

    says(door, "李建国", "办结 001 换了断路器", X_Request_ID=NAME)

    caused = pushes(own_desk)[before:]
    assert caused
    assert {push.request_id for push in caused} == {NAME}
    caplog.clear()
    own_desk.later(hours=2)
    sent = [json.loads(line) for line in caplog.text.splitlines()]
    mine = [line for line in sent if line.get("request") == NAME and line["from"] == "bot.delivery"]
    assert {line["event"] for line in mine} >= {f"push {caused[0].id} sent (custom)"}
    assert trace.current() == ""


def test_what_comes_by_itself_has_the_name_of_its_round(own_desk: Desk) -> None:
    own_desk.says("张伟", "我们厂又跳闸了")
    own_desk.clock.moment += own_desk.service.intake.at_most * 2

    worker.guarded("tick", lambda: worker.timed_tick(own_desk.service))()

    (name,) = {push.request_id for push in pushes(own_desk)}
    assert name is not None
    assert name.startswith("tick-")


@pytest.mark.parametrize("said", ["", "short", "x" * 65, "a b c d e f g h", 'x"}{"level":"ERROR', "名字名字名字名字"])
def test_a_name_that_could_forge_a_line_is_replaced(said: str) -> None:
    given = trace.named(said)

    assert given != said
    assert trace.SHAPE.fullmatch(given)


def test_a_line_is_one_object_whatever_is_in_it() -> None:
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, 'a "quoted"\nline of %s', ("13812345678",), None)

    with trace.of(NAME):
        line = logs.Masked().format(record)

    told: dict[str, Any] = json.loads(line)
    assert "\n" not in line
    assert told["event"] == 'a "quoted"\nline of 138****5678'
    assert (told["level"], told["from"], told["request"]) == ("WARNING", "x", NAME)
    assert datetime.fromisoformat(told["at"]).tzinfo is not None


@pytest.mark.process
def test_every_line_of_the_real_server_can_be_read_by_a_machine(tmp_path: Path) -> None:
    url, port = f"sqlite:///{tmp_path / 'web.db'}", free_port()
    migrate(url)
    ours = {"LIANXIN_DATABASE_URL": url, "LIANXIN_SECRET_KEY": "a-secret-of-the-tests", "PORT": str(port)}
    now = int(datetime.now(UTC).timestamp())
    letter = sealed(message("o_traced", now, MsgType="text", Content="我们厂停电了"), now)

    with running(tmp_path, "serve", **SAFE, **ours):
        until(lambda: _posted(port, letter), "the web process")

    lines = [json.loads(line) for line in (tmp_path / "serve.log").read_text().splitlines()]
    assert {"at", "level", "from", "event"} <= set.intersection(*(set(line) for line in lines))
    answered = [line for line in lines if line.get("request") == NAME]
    assert any(line["event"].startswith("oa text answered in ") for line in answered)
    assert "o_traced" not in (tmp_path / "serve.log").read_text()
    with closing(Store(url)) as store:
        assert store.answers()


def _posted(port: int, letter: Any) -> bool:
    try:
        address, headers = f"http://127.0.0.1:{port}{PATH}", {"X-Request-ID": NAME}
        return requests.post(address, params=letter.query, data=letter.body, headers=headers, timeout=10).ok
    except requests.ConnectionError:
        return False
