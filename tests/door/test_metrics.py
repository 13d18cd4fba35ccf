"""`/metrics`: figures for monitoring, true for all processes together, and nobody's data."""

import ast
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot import metrics, tally
from bot.app import create_app
from bot.tally import Counted, Tally
from bot.worker import timed_tick
from tests.desk import Desk
from tests.door.caller import Door, account, message, sealed

LINE = re.compile(r'(lianxin_\w+)(?:\{\w+="([^"\n]*)"\})? (-?[\d.e+]+)')
TOKEN = "a-token-of-the-monitoring"
BOT = Path(__file__).parents[2] / "bot"


def figures(door: Door) -> dict[str, float]:
    """Every figure, called by its name and its label."""
    answer = door.app.test_client().get("/metrics")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            parts = LINE.fullmatch(line)
            assert parts, line
            found[" ".join(filter(None, parts.groups()[:2])).removeprefix("lianxin_")] = float(parts[3])
    return found


def test_what_waits_and_what_was_done_is_told(own_desk: Desk) -> None:
    door = Door(own_desk.service)
    letter = sealed(message("o_张伟", door.at, MsgType="text", Content="我们厂又跳闸了"), door.at)
    door.post(letter)
    door.post(letter)
    door.post(letter.but(nonce="1"))
    own_desk.clock.moment += own_desk.service.intake.at_most * 2
    waited = (own_desk.clock.now() - (own_desk.item().next_check_at or own_desk.clock.now())).total_seconds()

    before = figures(door)
    timed_tick(own_desk.service)
    after = figures(door)
    own_desk.work()
    done = figures(door)

    assert before["messages_total oa text"] == before["answer_seconds_count"] == 2
    assert before["turned_away_total bad signature or seal"] == 1
    assert before["due_oldest_seconds"] == waited > 0
    assert "tick_age_seconds" not in before
    assert (after["due_oldest_seconds"], after["tick_age_seconds"], after["tick_seconds"]) == (0, 0, 0)
    assert after["outbox_waiting"] == after["pushes ready"] > 0
    assert done["outbox_waiting"] == 0
    assert done["pushes sent"] == after["pushes ready"]
    assert done["items_open assigned"] == 1


def test_what_is_overdue_and_how_long_it_has_waited_grows_with_time(own_desk: Desk) -> None:
    own_desk.says("张伟", "我们厂又跳闸了")
    own_desk.later(minutes=2)
    due = own_desk.item().due_at
    assert due is not None
    assert figures(Door(own_desk.service))["items_overdue"] == 0

    own_desk.until(due)
    looked_at = own_desk.item().next_check_at
    assert looked_at is not None
    own_desk.clock.moment = looked_at + timedelta(minutes=3)

    told = figures(Door(own_desk.service))
    assert told["items_overdue"] == 1
    assert told["due_oldest_seconds"] == 180
    assert told["inbox_failed"] == 0


def test_it_is_of_the_form_that_is_read(own_desk: Desk) -> None:
    """Each metric once, with its help and type; buckets never fall; every line ends."""
    door = Door(own_desk.service)
    door.says("o_张伟", "我们厂又跳闸了")

    text = door.app.test_client().get("/metrics").text

    names = re.findall(r"# TYPE lianxin_(\w+) (?:counter|gauge|histogram)\n", text)
    assert sorted(names) == sorted({*names})
    assert {metric.name for metric in metrics.METRICS if metric.name[:4] != "tick"} <= {*names}
    buckets = [int(count) for count in re.findall(r"answer_seconds_bucket\{.+\} (\d+)", text)]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 1
    assert text.endswith("\n")
    assert "张伟" not in text
    own_desk.later(minutes=2)


@pytest.mark.parametrize("header", [*metrics.FORWARDED])
def test_what_a_proxy_passes_on_is_told_nothing(own_desk: Desk, header: str) -> None:
    answer = Door(own_desk.service).app.test_client().get("/metrics", headers={header: "10.0.0.9"})

    assert answer.status_code == 404


def test_another_host_is_told_nothing_without_the_token(own_desk: Desk) -> None:
    far = {"REMOTE_ADDR": "10.0.0.9"}
    asked = Door(own_desk.service).app.test_client()
    guarded = create_app(own_desk.service, account(), metrics_token=TOKEN).test_client()

    assert asked.get("/metrics", environ_base=far).status_code == 404
    assert guarded.get("/metrics").status_code == 404
    for said in (f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ", "Bearer é"):
        assert guarded.get("/metrics", headers={"Authorization": said}).status_code == 404
    right = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "10.0.0.9"}
    assert guarded.get("/metrics", environ_base=far, headers=right).status_code == 200


def test_every_reason_to_turn_away_has_its_own_line() -> None:
    said = {
        node.args[1].value
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Turned"
        if isinstance(node.args[1], ast.Constant)
    }

    assert said == set(tally.TURNED_AWAY)


def test_processes_that_were_forked_count_together_even_when_they_died() -> None:
    counted = Tally(rows=4)
    for row in (1, 2, 3):
        child = os.fork()
        if child == 0:
            counted.take_row(row)
            for _ in range(row):
                counted.turned_away.add("stale")
            os._exit(9)
        os.waitpid(child, 0)

    assert counted.turned_away.told() == {"stale": 6}


def test_what_nobody_foresaw_is_counted_all_the_same() -> None:
    counted = Counted(["known"])

    counted.add("unheard of")

    assert counted.told() == {tally.OTHER: 1}
