"""What the doctor finds on our own side: settings, database, people, queue, folders, calendar; and what it prints."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot import watchdog
from bot.cli import main
from bot.doctor import checks, house, settings
from bot.doctor.findings import Wording
from routing.policy import Policy
from store import beats, calls, inbox, outbox, people, probe
from store.db import Store
from store.tables import Beat, Identity, Push
from tests.doctor.world import SECRETS, World, environment, line

ROOT = Path(__file__).parents[2]
WHOLE = environment("http://127.0.0.1:1", "sqlite:///var/none.db", Path("/srv/lianxin"))


def found_in(environ: dict[str, str]) -> dict[str, str]:
    """The findings on these settings alone, those of several settings together."""
    config, wrong = settings.read(environ)
    told: dict[str, str] = {}
    for each in (*wrong, *settings.look(config, environ)):
        told[each.key] = told.get(each.key, "") + line(each)
    secrets = [value for name, value in environ.items() if name in SECRETS and value]
    assert not [value for value in secrets if value in "".join(told.values())]
    return told


def test_settings_that_are_whole_pass() -> None:
    assert set(found_in(WHOLE)) == {"key_good", "address_good"}


@pytest.mark.parametrize("name", [name for names in settings.NEEDED.values() for name in names])
def test_every_setting_of_an_account_that_is_absent_is_named_with_its_place(name: str) -> None:
    told = found_in({**WHOLE, name: ""})

    assert name in told["setting_absent"]
    assert "→" in told["setting_absent"]


def test_all_that_an_account_lacks_is_said_at_once() -> None:
    told = found_in({"LIANXIN_OA_TOKEN": "a-token", "LIANXIN_WECOM_CORPID": "ww1"})

    for name in (*settings.NEEDED["oa"], *settings.NEEDED["wecom"]):
        given = name in ("LIANXIN_OA_TOKEN", "LIANXIN_WECOM_CORPID")
        assert (name in told["setting_absent"]) != given


@pytest.mark.parametrize(
    ("name", "value", "key", "said"),
    [
        ("LIANXIN_OA_AES_KEY", "a" * 42, "setting_wrong", "43 位"),
        ("LIANXIN_WECOM_AES_KEY", "=" * 43, "setting_wrong", "43 位"),
        ("LIANXIN_WECOM_AGENTID", "abc", "setting_wrong", "AgentId"),
        ("LIANXIN_OA_MODE", "compat", "setting_wrong", "safe 或 plain"),
        ("LIANXIN_OA_MODE", "plain", "plain_mode", "安全模式"),
        ("LIANXIN_OA_TOKEN", "with blanks in it", "token_odd", "3 到 32 位"),
        ("LIANXIN_OA_TOKEN", "short", "token_short", "16 位"),
        ("LIANXIN_SECRET_KEY", "", "key_short", "openssl"),
        ("LIANXIN_SECRET_KEY", "fifteen-letters", "key_short", "16 位"),
        ("LIANXIN_SECRET_KEY", "changeme-changeme-changeme", "key_guessed", "容易猜到"),
        ("LIANXIN_SECRET_KEY", "a" * 40, "key_guessed", "容易猜到"),
        ("LIANXIN_SECRET_KEY", "kT4mQz9a" * 4, "key_guessed", "容易猜到"),  # as `serve` sees it
        ("LIANXIN_PUBLIC_URL", "", "setting_absent", "443"),
        ("LIANXIN_PUBLIC_URL", "http://lianxin.test", "address_plain", "https"),
        ("LIANXIN_PUBLIC_URL", "https://lianxin.test:8443", "address_port", "8443"),
        ("LIANXIN_PUBLIC_URL", "https://lianxin.test:99999", "setting_wrong", "LIANXIN_PUBLIC_URL"),
        ("LIANXIN_TICK_SECONDS", "soon", "setting_wrong", "LIANXIN_TICK_SECONDS"),
        ("LIANXIN_DATABASE_URL", "mysql://x/y", "setting_wrong", "postgresql"),
        ("LIANXIN_SECRET_KEY_FILE", "/nowhere/key", "setting_wrong", "LIANXIN_SECRET_KEY"),
    ],
)
def test_a_setting_that_cannot_work_is_named(name: str, value: str, key: str, said: str) -> None:
    told = found_in({**WHOLE, name: value})

    assert said in told[key]


def test_without_any_account_that_is_said() -> None:
    assert "至少要有一个" in found_in({"LIANXIN_SECRET_KEY": SECRETS["LIANXIN_SECRET_KEY"]})["no_account"]


# ---------------------------------------------------------------- database, clock, calendar


@pytest.mark.parametrize("migrated", [True, False])
def test_a_database_of_each_kind_is_reached_current_and_written(
    whole: World, database_url: str, migrated: bool, tmp_path: Path
) -> None:
    case = whole.case()
    url = database_url if migrated else f"sqlite:///{tmp_path / 'never.db'}"
    store = Store(url)
    case.config, case.service = replace(case.config, database_url=url), replace(case.service, store=store)

    told = {each.key: line(each) for each in house.database(case)}

    assert "写得进去" in told["database_good"] if migrated else "lianxin migrate" in told["database_old"]
    assert not (tmp_path / "never.db").exists()
    if migrated:
        with store.read() as session:
            assert probe.NAME not in beats.last(session)
            theirs = probe.clock(session)
        assert theirs is None or abs(theirs - datetime.now(UTC)) < timedelta(minutes=1)
    store.close()


def test_a_database_nobody_answers_for_is_named_and_the_rest_is_looked_at(whole: World) -> None:
    whole.environ["LIANXIN_DATABASE_URL"] = "postgresql+psycopg://lianxin:pw-7731@127.0.0.1:1/lianxin"
    whole.service = replace(whole.service, store=Store(whole.environ["LIANXIN_DATABASE_URL"]))

    missing, found = whole.missing(), whole.find()

    assert "连不上" in missing["database_silent"]
    assert "pw-7731" not in "".join(found.values())
    assert "人员没查" in found["not_looked"]
    assert "oa_token_good" in found


@pytest.mark.parametrize(
    ("year", "key"), [(2024, "calendar_good"), (2026, "next_year_absent"), (2090, "year_absent")]
)
def test_a_year_without_announced_holidays_is_named(whole: World, year: int, key: str) -> None:
    case = whole.case(now=datetime(year, 11, 20, tzinfo=UTC))

    assert key in {each.key for each in house.calendar(case)}
    assert Policy.load().calendar.is_announced(2026)


# ---------------------------------------------------------------- people, queue, folders


def without(role: str) -> Callable[[World], None]:
    def gone(whole: World) -> None:
        with whole.service.store.write() as session:
            for person in people.with_role(session, role):
                person.active = False

    return gone


def silent(whole: World) -> None:
    """The coordinator has an account on no channel."""
    with whole.service.store.write() as session:
        for person in people.with_role(session, "coordinator"):
            session.execute(delete(Identity).where(Identity.person_id == person.id))


def worker_gone(whole: World) -> None:
    with whole.service.store.write() as session:
        session.get_one(Beat, ("main", watchdog.NAME)).at = whole.now - timedelta(days=2)


def worker_never_there(whole: World) -> None:
    with whole.service.store.write() as session:
        session.execute(delete(Beat))


def waiting(whole: World) -> None:
    _put(whole, whole.now - timedelta(minutes=17))


def put_aside(whole: World) -> None:
    """A message that was only stored, with its sender already known."""
    at = whole.now - timedelta(minutes=17)
    with whole.service.store.write() as session:
        row = inbox.first_sight(session, "oa", "waits", "<xml/>", at)
        assert row is not None
        inbox.put_aside(session, row, people.with_role(session, "contact")[0].id)


def given_up(whole: World) -> None:
    _put(whole, whole.now)
    with whole.service.store.write() as session:
        push = session.scalars(select(Push).order_by(Push.id)).one()
        push.status = "dead"
        calls.wanted_for(session, push, whole.now)


def _put(whole: World, at: datetime) -> None:
    with whole.service.store.write() as session:
        to = people.with_role(session, "coordinator")[0]
        outbox.put(session, to, "digest", once_key="waits", now=at, not_before=at)


@pytest.mark.parametrize(
    ("fault", "key", "said"),
    [
        (without("coordinator"), "post_empty", "活动办"),
        (without("duty"), "post_empty", "值班"),
        (without("discipline"), "post_empty", "受理人"),
        (without("officer"), "unit_empty", "供电公司"),
        (silent, "unreached", "林晓"),
        (worker_gone, "worker_dead", "lianxin work"),
        (worker_never_there, "worker_dead", "lianxin work"),
        (waiting, "queue_stuck", "17 分钟"),
        (put_aside, "queue_stuck", "17 分钟"),
        (given_up, "given_up", "1 条"),
    ],
)
def test_a_fault_of_the_office_is_named(whole: World, fault: Callable[[World], None], key: str, said: str) -> None:
    fault(whole)

    assert said in whole.find()[key]


def test_a_unit_nobody_has_imported_is_named(whole: World) -> None:
    with whole.service.store.write() as session:
        unit = people.department(session, "power")
        assert unit is not None
        unit.code = "electricity"

    assert "power" in whole.missing()["unit_absent"]


def test_pictures_in_the_folder_of_a_web_server_are_named(whole: World, tmp_path: Path) -> None:
    whole.environ["LIANXIN_MEDIA_DIR"] = str(tmp_path / "wwwroot" / "media")

    assert "网站目录" in whole.missing()["media_served"]


def test_a_folder_that_takes_no_files_is_named(whole: World) -> None:
    whole.environ["LIANXIN_MEDIA_DIR"] = "/proc/self/media"

    assert "/proc" in whole.missing()["media_closed"]


def test_a_disk_without_room_is_named(whole: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "LITTLE", 1 << 60)
    assert "还剩" in whole.find()["disk_little"]

    monkeypatch.setattr(house, "TOO_LITTLE", 1 << 60)
    assert "快满了" in whole.missing()["disk_full"]


# ---------------------------------------------------------------- what is printed


def test_the_command_prints_a_line_each_and_ends_with_what_is_missing(
    whole: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in whole.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LIANXIN_PUBLIC_URL", whole.base)

    status = main(["doctor"])

    said = capsys.readouterr().out
    assert status == 1  # the address is no https
    assert all(line.startswith(("通过", "提醒", "缺")) for line in said.splitlines()[:-1])
    assert said.splitlines()[-1].startswith("还缺 1 项")
    assert "通过  回调" in said
    assert not [secret for secret in whole.secrets() if secret in said]


def test_a_wrong_file_of_the_office_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "menu.toml").write_text("[[oa]]\nname = '太长太长太长'\nkey = '进度'\n", encoding="utf-8")
    (tmp_path / "owners.toml").write_text("[lead]", encoding="utf-8")
    monkeypatch.setenv("LIANXIN_CONFIG_DIR", str(tmp_path))

    assert main(["doctor"]) == 1

    assert "owners.toml" in capsys.readouterr().out


def test_everything_passed_ends_with_zero(whole: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "examine", lambda *_: iter(checks.look(whole.case())))

    lines = list(checks.report({}, whole.service.clock, False))

    assert all(good for _, good in lines)
    assert "可以用" in lines[-1][0]


CODE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "doctor").glob("*.py"))
CHANNELS = re.compile(r"(oa|wecom)_(menu|token)_")


def test_every_finding_is_said_by_some_check_and_every_check_has_a_word() -> None:
    wording = Wording.load()

    unsaid = [key for key in wording.findings if f'"{CHANNELS.sub("", key)}"' not in CODE and f'"{key}"' not in CODE]

    made = {"good", "absent", "other", "made", "oa_ip_unnamed", "wecom_ip_unnamed"}
    assert {CHANNELS.sub("", key) for key in unsaid} <= made
    assert wording.words.keys() >= {check.name for check in checks.CHECKS}


def test_every_setting_that_can_be_wrong_is_explained() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(LIANXIN_\w+|PORT)`", readme, re.MULTILINE))

    assert named - set(Wording.load().settings) == {"LIANXIN_LOG_LEVEL"}
