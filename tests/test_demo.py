"""The demo as a newcomer and a script meet it: a real process, the `/sim` doors, and a kill in the middle."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.processes import answers, free_port, kill9, run, running, until

pytestmark = pytest.mark.process


class Sim:
    """The `/sim` doors of a running demo."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str, **query: Any) -> Any:
        return requests.get(self.address + path, params=query, timeout=60).json()

    def post(self, path: str, body: Any) -> requests.Response:
        return requests.post(self.address + path, json=body, timeout=60)

    def say(self, name: str, text: str) -> str:
        return str(self.post("/sim/say", {"as": name, "text": text}).json()["reply"])

    def move(self, **how: str) -> str:
        return str(self.post("/sim/clock", how).json()["now"])

    def phone(self, name: str, after: int = 0) -> list[dict[str, Any]]:
        return list(self.get(f"/sim/phone/{name}", after=after))

    def item(self, number: str = "001") -> dict[str, Any]:
        return next(row for row in self.get("/sim/ledger") if row["number"].endswith(f"-{number}"))


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[tuple[Sim, Any]]:
    port = free_port()
    with running(folder, "demo", *options, PORT=str(port)) as process:
        until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the demo")
        yield Sim(port), process


def test_a_code_is_shown_scanned_and_proved(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.say("林晓", "二维码 龙源精密机械有限公司 13812345678")
        (shown,) = [one["text"] for one in sim.phone("林晓") if "ticket=" in one["text"]]
        link = re.search(r"https://\S+", shown)
        assert link

        asked = sim.post("/sim/say", {"as": "吴小满", "scan": link[0]}).json()["reply"]
        assert "龙源＊＊" in asked
        assert "绑定成功" in sim.say("吴小满", "5678")
        assert "不是我们的" in sim.post("/sim/say", {"as": "吴小满", "scan": "another code"}).json()["reply"]

        enterprise = {one["name"]: one.get("enterprise") for one in sim.get("/sim/people")}
        assert enterprise["吴小满"] == "龙源精密机械有限公司"


def test_the_whole_story_by_script(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        assert sim.get("/sim/ledger") == []
        assert sim.get("/sim/clock")["now"].startswith("2026-09-28T09:00:")

        receipt = sim.say("张伟", "我们厂又跳闸了,这周第三次")
        assert "20260928-001" in receipt
        assert sim.say("张伟", "两台空压机都停了") == "None"
        sim.post("/sim/say", {"as": "张伟", "image": "现场照片"})
        sim.move(advance="PT2M")
        assert sim.item()["officer"] == "李建国"
        sim.say("李建国", "签收 001")

        due = datetime.fromisoformat(sim.item()["due_at"])
        sim.move(to=due.replace(day=due.day + 2, hour=9).isoformat())
        officer = [shown["text"] for shown in sim.phone("李建国")]
        assert any("已超期" in text for text in officer)
        assert any("李建国" in shown["text"] and "超期" in shown["text"] for shown in sim.phone("刘卫东"))

        sim.say("李建国", "办结 001 换了保险")
        sim.say("张伟", "不满意 001 就换了个保险")
        assert (sim.item()["state"], sim.item()["open"]) == ("handling", True)
        sim.say("李建国", "办结 001 变压器已增容")
        sim.say("张伟", "满意")
        sim.say("林晓", "核实 001 通过")
        assert "已销号" in sim.say("林晓", "销号 001")
        item = sim.item()
        assert (item["state"], item["open"], item["next_check_at"]) == ("closed", False, None)

        sim.move(advance="PT2H")  # an enterprise never gets two messages within an hour: the last one has waited
        assert any("已核实销号" in shown["text"] for shown in sim.phone("张伟"))
        shown = {person["name"]: len(sim.phone(person["name"])) for person in sim.get("/sim/people")}
        sim.move(advance="P60D")
        roles = {person["name"]: person["role"] for person in sim.get("/sim/people")}
        later = {person["name"]: len(sim.phone(person["name"])) for person in sim.get("/sim/people")}
        told = {name: later[name] - shown[name] for name in later if later[name] != shown[name]}
        officers = {name for name, role in roles.items() if role == "officer"}
        # Nothing but the figures of that week and that month, and to each officer the visits he still owes.
        assert told == {"林晓": 1, "马志远": 1} | dict.fromkeys(officers - {"何静"}, 1)
        told = [event["action"] for event in item["events"]]
        for step in ("register", "dispatch", "sign", "remind", "object", "resolve", "rate", "verify", "close"):
            assert step in told


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, process):
        sim.post("/sim/sample", {})
        before = sim.get("/sim/ledger")
        mover = threading.Thread(target=_try_to_move, args=(sim,))
        mover.start()
        until(lambda: sim.get("/sim/clock")["now"] > "2026-10-09", "the clock to be on its way", 30)
        kill9(process)
        mover.join()

    with demo(tmp_path, "--keep") as (sim, _):
        after = sim.get("/sim/ledger")
        assert [row["number"] for row in after] == [row["number"] for row in before]
        assert sim.get("/sim/clock")["now"] > "2026-10-09"
        sim.move(to="2026-10-20T12:00:00+08:00")

        keys = Counter(_keys(tmp_path))
        assert keys
        assert max(keys.values()) == 1  # no template message was shown twice
        # At most the one chat message that was under way may be in doubt, and then the office sees it.
        doubt = sim.say("林晓", "未送达")
        assert doubt == "没有未送达的消息。" or "结果不明 1 条" in doubt
        for row in sim.get("/sim/ledger"):
            assert not row["open"] or row["next_check_at"] > "2026-10-20T12:00"


def _try_to_move(sim: Sim) -> None:
    try:
        sim.move(to="2026-10-20T12:00:00+08:00")
    except requests.RequestException:
        return


def _keys(folder: Path) -> list[str]:
    lines = (folder / "var" / "demo.phones").read_text(encoding="utf-8").splitlines()
    return [entry["key"] for entry in map(json.loads, lines) if entry.get("key")]


def test_the_sample_has_something_in_every_stage_and_thirty_days_pass_over_it(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        assert sim.post("/sim/sample", {}).json()["items"] >= 30
        states = Counter(row["state"] for row in sim.get("/sim/ledger"))
        assert set(states) >= {"assigned", "handling", "triage", "rated", "verified", "closed", "withdrawn"}

        sim.move(advance="P30D")

        nights = [shown["at"] for person in sim.get("/sim/people") for shown in sim.phone(person["name"])]
        assert all("08:30" <= at[11:16] <= "18:00" for at in nights)


def test_the_doors_of_the_simulator(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        people = sim.get("/sim/people")
        roles = Counter(person["role"] for person in people)
        assert roles["contact"] >= 3
        assert roles["officer"] >= 2
        assert {"coordinator", "leader", "duty", "discipline", "stranger", "head"} <= set(roles)
        on_wecom = {person["role"] for person in people if person["channel"] == "wecom"}
        assert on_wecom == set(roles) - {"contact", "stranger"}  # officials live in WeCom, enterprises in WeChat
        assert {"enterprise", "department"} >= set().union(*(set(p) for p in people)) - {"name", "role", "channel"}

        sim.say("张伟", "我们厂又跳闸了")
        shown = sim.phone("张伟")
        assert [entry["from"] for entry in shown] == ["张伟", "连心桥"]
        assert sim.phone("张伟", after=shown[-1]["id"]) == []
        assert shown[0]["at"].endswith("+08:00")

        button = shown[1]["card"]["buttons"][0]
        pressed = sim.post("/sim/press", {"as": "张伟", "message": shown[1]["id"], "key": button["key"]})
        assert "已撤回" in pressed.json()["reply"]
        assert sim.item()["state"] == "withdrawn"

        for path, body in (
            ("/sim/say", {"as": "nobody", "text": "x"}),
            ("/sim/say", {"as": "张伟"}),
            ("/sim/say", ["张伟"]),
            ("/sim/press", {"as": "张伟", "message": 1, "key": "x"}),
            ("/sim/clock", {"to": "2026-01-01T00:00:00+08:00"}),
            ("/sim/clock", {"advance": "soon"}),
            ("/sim/fault", {"api": "send", "times": 1}),
        ):
            assert sim.post(path, body).status_code == 400, path
        assert requests.get(f"{sim.address}/sim/phone/nobody", timeout=5).status_code == 400
        assert requests.get(f"{sim.address}/static/../people.toml", timeout=5).status_code == 404
        assert "连心桥" in requests.get(sim.address, timeout=5).content.decode()


def test_ordered_faults_are_lived_through(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.say("张伟", "我们厂又跳闸了")
        for fault in ({"errcode": -1}, {"http": 502}, {"errcode": 42001}):
            sim.post("/sim/fault", {"api": "send", "times": 2, **fault})
        sim.post("/sim/fault", {"api": "token", "errcode": 40164, "times": 1})

        sim.move(advance="PT3H")

        dispatched = [shown for shown in sim.phone("李建国") if "20260928-001" in shown["text"]]
        assert len(dispatched) == 1
        assert sim.get("/healthz")["status"] == "ok"


def test_a_lost_answer_becomes_a_visible_doubt_and_not_a_second_message(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.say("张伟", "我们厂又跳闸了")
        sim.post("/sim/fault", {"api": "custom", "drop": True, "times": 1})

        sim.move(advance="PT4H")

        told = [shown for shown in sim.phone("张伟") if "已交供电公司" in shown["text"]]
        assert len(told) == 1
        assert "结果不明" in sim.say("林晓", "未送达")


def test_the_real_clock_runs_between_calls(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.move(to="2026-09-28T10:00:00+08:00")
        sim.say("刘洋", "停电两小时了，冷库里的货要坏了")
        assert sim.item()["state"] == "assigned"  # urgent: not a second is waited

        first = sim.get("/sim/clock")["now"]
        until(lambda: sim.get("/sim/clock")["now"] > first, "the clock to run by itself", 5)


def test_a_second_demo_in_the_same_folder_is_refused_and_the_first_keeps_its_data(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.say("张伟", "我们厂又跳闸了\u2028这周第三次")

        second = run(tmp_path, "demo", PORT=str(free_port()))

        assert second.returncode == 2
        assert "another demo is running" in second.stderr
        shown = sim.phone("张伟")
    with demo(tmp_path, "--keep") as (sim, _):
        assert sim.phone("张伟")[: len(shown)] == shown
        assert sim.item()["state"] in ("registered", "assigned")


def test_an_officer_presses_the_button_of_a_card_once(tmp_path: Path) -> None:
    with demo(tmp_path) as (sim, _):
        sim.say("张伟", "我们厂又跳闸了,这周第三次")
        sim.move(advance="PT2M")
        card = next(shown for shown in sim.phone("李建国") if shown["card"])
        assert "签收 20260928-001" in [button["key"] for button in card["card"]["buttons"]]

        for _ in range(2):
            sim.post("/sim/press", {"as": "李建国", "message": card["id"], "key": "签收 20260928-001"})

        assert sim.item()["state"] == "handling"
        assert [event["action"] for event in sim.item()["events"]].count("sign") == 1
        pressed = next(shown for shown in sim.phone("李建国") if shown["id"] == card["id"])
        assert pressed["card"] == {"buttons": [], "pressed": "✓ 签收"}
        assert any("已签收" in shown["text"] for shown in sim.phone("李建国", card["id"]))
