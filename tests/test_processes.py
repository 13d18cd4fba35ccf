"""Web and worker processes as an office runs them: PostgreSQL, the real clock, the real scheduler jobs."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from bot import wire
from bot.sim import platform
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Pusher
from store.facts import read
from tests.desk import PEOPLE
from tests.postgres import Postgres
from tests.processes import answers, free_port, run, running, until

pytestmark = pytest.mark.process

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NAMES = {f"o_{name}": name for name in ("张伟", "李建国", "刘卫东", "林晓", "陈立")}
ALWAYS = """
timezone = "Asia/Shanghai"
weekend = []
push = { from = 00:00:00, to = 23:59:59 }
[[hours]]
from = 00:00:00
to = 23:59:59
"""
SHORT_RUNGS = """
[[rung]]
name = "sign"
states = ["assigned"]
anchor = "state_since"
hours = 0.0006
tell = { officer = "remind_sign", head = "escalate_sign" }

[[rung]]
name = "rate"
states = ["resolved"]
anchor = "state_since"
days = 1
tell = { contact = "remind_rate" }
"""


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def phones(tmp_path: Path) -> Iterator[tuple[Phones, str]]:
    """The platform's API on loopback, and what it has shown on phones."""
    shown = Phones(tmp_path / "phones", now)
    words = read(platform.__file__, "sim.toml")
    app = Flask("platform")
    app.register_blueprint(
        platform.blueprint(Platform(shown, words, NAMES, now, Faults()), Corp(shown, words, {}, now, 1))
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield shown, f"http://127.0.0.1:{server.server_port}/sim/api"
    server.shutdown()
    thread.join()
    server.server_close()
    shown.close()


@pytest.fixture
def environ(tmp_path: Path, postgres: Postgres, phones: tuple[Phones, str]) -> dict[str, str]:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "calendar.toml").write_text(ALWAYS, encoding="utf-8")
    (folder / "ladder.toml").write_text(SHORT_RUNGS, encoding="utf-8")
    (folder / "settle.toml").write_text("quiet = 1\nat_most = 5\nloose = 5\napart = 0.75\n", encoding="utf-8")
    # The real clock runs here: the enterprise need not wait an hour between two messages.
    pace = Path(__file__).parents[1].joinpath("routing", "pace.toml").read_text(encoding="utf-8")
    (folder / "pace.toml").write_text(pace.replace("gap_minutes = 60", "gap_minutes = 0"), encoding="utf-8")
    (tmp_path / "secret").write_text(secrets.token_hex(16))
    return {
        "LIANXIN_DATABASE_URL": postgres.database(f"office_{secrets.token_hex(4)}"),
        "LIANXIN_CONFIG_DIR": str(folder),
        "LIANXIN_OA_TOKEN": "office-token",
        "LIANXIN_OA_AES_KEY": AES_KEY,
        "LIANXIN_OA_APPID": "wx0123456789",
        "LIANXIN_OA_SECRET": "s3cret-of-the-account",
        "LIANXIN_OA_TEMPLATE_ID": "template",
        "LIANXIN_OA_API_BASE": phones[1],
        "LIANXIN_SECRET_KEY_FILE": str(tmp_path / "secret"),
        "LIANXIN_TICK_SECONDS": "0.3",
        "LIANXIN_DRAIN_SECONDS": "0.3",
        "PORT": str(free_port()),
    }


def test_one_web_process_and_two_workers_do_the_job_once(
    tmp_path: Path, environ: dict[str, str], phones: tuple[Phones, str]
) -> None:
    refused = run(tmp_path, "serve", **environ)
    assert refused.returncode == 2
    assert "lianxin migrate" in refused.stderr
    assert run(tmp_path, "migrate", **environ).returncode == 0
    address, shown = f"http://127.0.0.1:{environ['PORT']}", phones[0]

    with ExitStack() as stack:
        stack.enter_context(running(tmp_path, "serve", **environ))
        until(lambda: answers(f"{address}/healthz"), "the web process")  # without people, without a worker
        assert run(tmp_path, "import", str(PEOPLE), **environ).returncode == 0
        for _ in range(2):
            stack.enter_context(running(tmp_path, "work", **environ))
        account = wire.Account("office-token", wire.parse_aes_key(AES_KEY), "wx0123456789")
        pusher = Pusher(f"{address}/wechat/oa", account, "gh_office", shown, now)

        receipt = _say(pusher, shown, "张伟", "我们厂又跳闸了，这周第三次")
        assert "水电气热" in receipt
        until(lambda: len(shown.of("刘卫东")) == 1, "the reminder to climb to the head")

        assert len([one for one in shown.of("李建国") if one["from"] == "连心桥"]) == 2  # dispatched, reminded
        _say(pusher, shown, "李建国", "签收")
        _say(pusher, shown, "李建国", "办结 变压器已换")
        until(lambda: any("已办结" in one["text"] for one in shown.of("张伟")), "the question to the enterprise")
        _say(pusher, shown, "张伟", "非常满意")
        _say(pusher, shown, "林晓", "核实 001 通过")
        assert "已销号" in _say(pusher, shown, "林晓", "销号 001")
        until(lambda: any("已核实销号" in one["text"] for one in shown.of("张伟")), "the last word")

    ledger = [json.loads(line) for line in run(tmp_path, "export", **environ).stdout.splitlines()]
    assert [(row["state"], row["rating"]) for row in ledger] == [("closed", 5)]
    texts = [one["text"] for name in NAMES.values() for one in shown.of(name) if one["from"] == "连心桥"]
    assert len(texts) == len(set(texts))
    logs = (tmp_path / "serve.log").read_text() + (tmp_path / "work.log").read_text()
    for secret in ("s3cret-of-the-account", "office-token", "o_张伟", "跳闸", "access_token"):
        assert secret not in logs


def _say(pusher: Pusher, shown: Phones, name: str, text: str) -> str:
    shown.show(name, name, text, via="said")
    openid = f"o_{name}"
    return pusher.deliver(openid, pusher.message(openid, {"MsgType": "text", "Content": text})).text or ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "LIANXIN_SECRET_KEY"),
        ({"LIANXIN_SECRET_KEY": "short"}, "LIANXIN_SECRET_KEY"),
        ({"LIANXIN_SECRET_KEY": "changeme-changeme-changeme"}, "LIANXIN_SECRET_KEY"),
        ({"LIANXIN_OA_TOKEN": "t"}, "LIANXIN_OA_APPID"),
        ({"LIANXIN_OA_TOKEN": "t", "LIANXIN_OA_APPID": "wx", "LIANXIN_OA_AES_KEY": "x"}, "LIANXIN_OA_AES_KEY"),
        ({"LIANXIN_OA_TOKEN": "t", "LIANXIN_OA_MODE": "open"}, "LIANXIN_OA_MODE"),
        ({"LIANXIN_CONFIG_DIR": "nowhere"}, "LIANXIN_CONFIG_DIR"),
        ({"LIANXIN_SECRET_KEY_FILE": "nowhere"}, "LIANXIN_SECRET_KEY_FILE"),
        ({"LIANXIN_TICK_SECONDS": "often"}, "LIANXIN_TICK_SECONDS"),
        ({"LIANXIN_DATABASE_URL": "mysql://a/b"}, "LIANXIN_DATABASE_URL"),
        ({"LIANXIN_OA_TOKEN": "t", "LIANXIN_OA_MODE": "plain", "LIANXIN_OA_API_BASE": "foo"}, "LIANXIN_OA_API_BASE"),
        ({"LIANXIN_WEB_PROCESSES": "zwei"}, "LIANXIN_WEB_PROCESSES"),
        ({"LIANXIN_LOG_LEVEL": "laut"}, "LIANXIN_LOG_LEVEL"),
    ],
)
def test_serve_refuses_to_start_with_what_would_not_work(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    refused = run(tmp_path, "serve", **settings)

    assert refused.returncode == 2
    assert said in refused.stderr


OFFICE = {
    "LIANXIN_OA_TOKEN": "office-token",
    "LIANXIN_OA_AES_KEY": AES_KEY,
    "LIANXIN_OA_APPID": "wx0123456789",
    "LIANXIN_OA_SECRET": "s3cret-of-the-account",
    "LIANXIN_OA_MODE": "safe",
}
MEMBERS = {
    "LIANXIN_WECOM_TOKEN": "corp-token",
    "LIANXIN_WECOM_AES_KEY": AES_KEY,
    "LIANXIN_WECOM_CORPID": "ww0123456789",
    "LIANXIN_WECOM_SECRET": "s3cret-of-the-application",
    "LIANXIN_WECOM_AGENTID": "1000002",
}


@pytest.mark.parametrize(
    "given",
    [OFFICE, MEMBERS, OFFICE | MEMBERS, {key: MEMBERS[key] for key in list(MEMBERS)[:3]}],
    ids=["service account alone", "WeCom alone", "both", "WeCom's door alone"],
)
def test_the_service_starts_with_the_names_that_the_design_gives_and_no_others(
    tmp_path: Path, given: dict[str, str]
) -> None:
    """A key that repeats itself is loudly warned of and does its work."""
    environ = {"LIANXIN_SECRET_KEY": "x" * 32, "PORT": str(free_port()), **given}
    assert run(tmp_path, "migrate", **environ).returncode == 0

    with running(tmp_path, "serve", **environ):
        until(lambda: answers(f"http://127.0.0.1:{environ['PORT']}/healthz"), "the web process")

    assert "LIANXIN_SECRET_KEY IS EASY TO GUESS" in (tmp_path / "serve.log").read_text()


def test_classify_reads_lines_and_says_which_were_bad(tmp_path: Path) -> None:
    rows: list[Any] = [{"id": "a", "messages": ["老是跳闸，想增容"]}, ["bad"], {"id": "b", "messages": ["你好"]}]

    done = run(tmp_path, "classify", stdin="\n".join(json.dumps(row) for row in rows) + "\n{oops\n")

    answered = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [row["id"] for row in answered] == ["a", None, "b", None]
    assert answered[0]["items"][0]["category"] == "UTILITY"
    assert answered[2]["kind"] == "greeting"


def test_check_warns_of_a_year_whose_holidays_are_not_known(tmp_path: Path) -> None:
    assert "configuration: ok" in run(tmp_path, "check").stdout

    (tmp_path / "calendar.toml").write_text('timezone = "Mars/Olympus"')
    wrong = run(tmp_path, "check", LIANXIN_CONFIG_DIR=str(tmp_path))
    assert wrong.returncode == 2
    assert "calendar.toml: timezone" in wrong.stderr
