"""What is kept of people: told once, shown on demand, deleted for good, and never where it does not belong."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot import privacy
from bot.reception import receive
from bot.retention import Retention
from store import dossier, outbox, people, trail
from store.facts import FactError
from store.tables import Audit, Inbox
from tests.desk import Desk
from tests.test_sealed import holding, rows

LINE = "发“隐私”看说明"
WORDS = "我是张伟，电话13912345678，我们厂又跳闸了，这周第三次"


def statistics(desk: Desk) -> str:
    return f"{desk.says('林晓', '统计')}\n{desk.says('林晓', '统计 更多')}\n{desk.says('林晓', '各部门')}"


def at_work(desk: Desk) -> Desk:
    """Zhang Wei's first item is closed, his second is open; Li Jianguo has spoken of him by name and number."""
    desk.says("张伟", WORDS)
    desk.later(minutes=2)
    for name, words in [
        ("李建国", "签收 001"),
        ("李建国", "进展 001 与张伟13912345678通过话"),
        ("李建国", "办结 001 张伟确认换了断路器"),
        ("张伟", "满意 001 谢谢李建国 张伟"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ]:
        desk.later(minutes=5)
        desk.says(name, words)
    desk.says("张伟", "招不到焊工，急缺二十个，找张伟13912345678")
    desk.later(hours=3)
    desk.forget()
    return desk


# ---------------------------------------------------------------- told


def test_a_newcomer_is_told_once_what_is_kept_of_them(desk: Desk) -> None:
    assert LINE in (desk.says("陌生人", "我们厂又跳闸了") or "")
    assert LINE not in (desk.says("陌生人", "进度") or "")


def test_so_is_who_follows_and_whom_the_office_has_entered(desk: Desk) -> None:
    assert LINE in (desk.says("新来的", MsgType="event", Event="subscribe", EventKey="") or "")
    assert LINE not in (desk.says("新来的", "我们厂又跳闸了") or "")
    with desk.store.write() as session:
        known = people.identity(session, "oa", "o_刘洋")
        assert known is not None
        known.noticed_at = None
    assert LINE in (desk.says("刘洋", "进度") or "")


def test_the_notice_says_what_is_kept_and_how_long(desk: Desk) -> None:
    said = desk.says("陌生人", "隐私") or ""

    assert "30 天" in said
    assert "365 天" in said
    assert LINE not in said


def test_an_official_is_told_by_the_employer(desk: Desk) -> None:
    with desk.store.write() as session:
        known = people.identity(session, "oa", "o_李建国")
        assert known is not None
        known.noticed_at = None

    assert LINE not in (desk.says("李建国", "待办") or "")


# ---------------------------------------------------------------- shown


def test_everything_held_on_a_person_is_printed(desk: Desk) -> None:
    """M: everything held on a person is exported"""
    at_work(desk)

    with desk.store.read() as session:
        (person,) = dossier.named(session, "张伟")
        held = json.loads(privacy.as_json(session, person))

    assert held["person"]["name"] == "张伟"
    assert held["accounts"] == [
        {"channel": "oa", "account": "o_张伟", "told_of_privacy": held["accounts"][0]["told_of_privacy"]}
    ]
    assert held["enterprises"] == ["龙源精密机械有限公司"]
    assert held["item"][0]["text"] == WORDS
    assert WORDS in [fragment["text"] for fragment in held["fragment"]]
    assert len(held["messages"]) == 3
    assert {event["action"] for event in held["event"]} >= {"register", "rate", "close"}
    assert "o_李建国" not in json.dumps(held, ensure_ascii=False)


def test_a_person_sees_in_chat_what_there_is(desk: Desk) -> None:
    at_work(desk)

    said = desk.says("张伟", "导出我的信息") or ""

    assert "龙源精密机械有限公司" in said
    assert "事项 2 件" in said


# ---------------------------------------------------------------- deleted


def gone_from(desk: Desk, *words: str) -> None:
    assert holding(desk.store.url, *words) == set()
    with desk.store.write() as session:
        dossier.scrub_rest(session)
        assert trail.broken(session) is None
    assert holding(desk.store.url, *words) == set()


def test_who_wants_to_be_forgotten_is_and_what_was_told_stays(desk: Desk) -> None:
    """M: an erasure leaves nothing of the person, and the figures as they were"""
    at_work(desk)
    before = statistics(desk)

    asked = desk.says("张伟", "删除我的信息") or ""
    assert "1 件事没办完" in asked
    assert holding(desk.store.url, "张伟")
    assert "已删除" in (desk.says("张伟", "确认删除我的信息") or "")

    gone_from(desk, "张伟", "13912345678", "o_张伟")
    assert statistics(desk) == before
    assert desk.item("001").text == "我是＊＊＊，电话＊＊＊，我们厂又跳闸了，这周第三次"
    assert desk.item("002").enterprise.name == "龙源精密机械有限公司"
    desk.later(minutes=1)
    desk.forget()


def test_nothing_is_deleted_by_asking(desk: Desk) -> None:
    at_work(desk)

    desk.says("张伟", "删除我的信息")

    assert "20260928-002" in (desk.says("张伟", "进度") or "")


def test_who_comes_back_is_somebody_new(desk: Desk) -> None:
    """I: who comes back after an erasure is somebody new"""
    at_work(desk)
    desk.says("张伟", "确认删除我的信息")

    said = desk.says("张伟", "进度 001") or ""

    assert "跳闸" not in said
    assert LINE in said
    desk.later(minutes=1)
    desk.forget()


def test_the_same_deletion_delivered_again_changes_nothing(desk: Desk) -> None:
    at_work(desk)
    message = desk.message("张伟", "确认删除我的信息")
    desk.delivers(message)

    assert desk.delivers(message) is None

    assert holding(desk.store.url, "o_张伟") == set()
    with desk.store.read() as session:
        assert people.identity(session, "oa", "o_张伟") is None
    desk.later(minutes=1)
    desk.forget()


def unfollows(desk: Desk, name: str) -> str | None:
    return desk.says(name, MsgType="event", Event="unsubscribe", EventKey="")


def test_who_unfollows_is_forgotten_and_the_office_is_told_to_call(desk: Desk) -> None:
    """I: unsubscribe erases the person; what was told stays, and the office is told to call"""
    at_work(desk)
    before = statistics(desk)

    assert unfollows(desk, "张伟") is None

    assert holding(desk.store.url, "o_张伟", "张伟") == set()
    assert statistics(desk) == before
    desk.later(minutes=1)
    (told,) = [body for body in desk.bodies_to("林晓") if "20260928-002" in body]
    assert "龙源精密机械有限公司" in told or "联系人走了" in told
    assert "13912345678" in desk.item("002").text  # the only way to answer, while it is open
    desk.forget()


def test_colleagues_go_on_hearing_of_what_is_open(desk: Desk) -> None:
    with desk.store.write() as session:
        colleague = people.add_stranger(session, "oa", "o_钱进", "钱进").person
        zhang = people.identity(session, "oa", "o_张伟")
        assert zhang is not None
        colleague.role = "contact"
        colleague.enterprises.append(zhang.person.enterprises[0])
    at_work(desk)

    unfollows(desk, "张伟")
    desk.later(minutes=1)

    assert "contact_taken_over" in desk.pushes_to("钱进")
    assert desk.item("002").contact.name == "钱进"
    assert desk.actions("002")[-1] == "contact_changed"
    assert "contact_lost" not in desk.pushes_to("林晓")
    assert "20260928-002" in (desk.says("钱进", "进度 002") or "")
    desk.forget()


def test_a_report_of_misconduct_never_goes_to_a_colleague(desk: Desk) -> None:
    with desk.store.write() as session:
        colleague = people.add_stranger(session, "oa", "o_钱进", "钱进").person
        zhang = people.identity(session, "oa", "o_张伟")
        assert zhang is not None
        colleague.enterprises.append(zhang.person.enterprises[0])
    desk.says("张伟", "举报：有人办事要好处费，我不想公开说")
    desk.later(minutes=2)
    desk.forget()

    unfollows(desk, "张伟")
    desk.later(days=1)

    assert desk.pushes_to("钱进") == []
    assert "contact_lost" not in desk.pushes_to("林晓")
    assert desk.item("9001").contact.name.startswith("已注销")
    desk.forget()


def test_an_unknown_one_who_unfollows_leaves_nothing(desk: Desk) -> None:
    assert unfollows(desk, "路过的") is None

    assert holding(desk.store.url, "o_路过的") == set()
    assert [person for person in desk.everybody() if person.name.startswith("新用户")] == []


def test_an_official_who_unfollows_keeps_their_work_and_the_office_is_told(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()

    unfollows(desk, "李建国")
    desk.later(minutes=1)

    assert holding(desk.store.url, "o_李建国") == set()
    assert desk.item().officer.name == "李建国"
    assert "account_lost" in desk.pushes_to("林晓")
    desk.forget()


def test_who_takes_back_what_the_platform_may_tell_is_forgotten_too(desk: Desk) -> None:
    at_work(desk)
    event = {"MsgType": "event", "Event": "user_authorization_cancellation", "OpenID": "o_张伟", "AppID": "wx1"}

    assert desk.says("平台", **event) is None

    assert holding(desk.store.url, "o_张伟", "o_平台") == set()
    desk.later(minutes=1)
    desk.forget()


def test_a_push_on_its_way_does_not_reach_who_was_forgotten(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "签收 001")
    with desk.store.read() as session:
        person = desk.item().contact
        assert [push for push in outbox.to_person(session, person) if push.status == "ready"]
    sent = len(desk.phones.sent)

    unfollows(desk, "张伟")
    desk.later(days=1)

    assert "o_张伟" not in [body["touser"] for body in desk.phones.sent[sent:]]
    desk.forget()


# ---------------------------------------------------------------- let go in time


def test_raw_messages_and_sent_words_go_in_time_and_the_item_stays(desk: Desk) -> None:
    at_work(desk)
    before = statistics(desk)
    desk.clock.moment += timedelta(days=91)

    assert privacy.prune(desk.service) > 0

    assert len(rows(desk.store.url, "SELECT id FROM inbox")) == 0
    assert [row for row in rows(desk.store.url, "SELECT body FROM outbox WHERE status = 'sent'") if row.body] == []
    assert desk.item("001").text == WORDS
    assert "登记 2" in before
    assert privacy.prune(desk.service) == 0


def test_a_stranger_who_is_silent_for_a_year_is_forgotten(desk: Desk) -> None:
    desk.says("陌生人", "你好")
    desk.clock.moment += timedelta(days=364)
    privacy.prune(desk.service)
    with desk.store.read() as session:
        assert people.identity(session, "oa", "o_陌生人") is not None

    desk.clock.moment += timedelta(days=2)
    privacy.prune(desk.service)

    with desk.store.read() as session:
        assert people.identity(session, "oa", "o_陌生人") is None
    assert holding(desk.store.url, "o_陌生人") == set()


@pytest.mark.parametrize("wrong", ["inbox_days = 3", 'outbox_days = "long"', ""])
def test_a_span_that_is_none_stops_the_start(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "privacy.toml").write_text(f"[retention]\nstranger_days = 365\n{wrong}", encoding="utf-8")

    with pytest.raises(FactError, match=r"privacy\.toml"):
        Retention.load(tmp_path)


# ---------------------------------------------------------------- the chain


def test_what_was_done_is_noted_and_a_changed_note_is_found(desk: Desk) -> None:
    at_work(desk)
    desk.says("张伟", "导出我的信息")
    desk.says("张伟", "确认删除我的信息")

    with desk.store.write() as session:
        noted = session.query(Audit).order_by(Audit.seq).all()
        assert [row.action for row in noted] == ["export", "erase"]
        assert trail.broken(session) is None
        noted[0].action = "import"
        session.flush()
        assert trail.broken(session) == 1
    desk.later(minutes=1)
    desk.forget()


# ---------------------------------------------------------------- too many


def test_of_25_messages_in_a_minute_20_are_taken_and_one_word_is_said(desk: Desk) -> None:
    answers = [desk.says("陌生人", f"第{n}个车间的电压不稳，设备一开就跳闸") for n in range(25)]

    assert [said for said in answers if said and "发得太快" in said] == [answers[20]]
    assert answers[21:] == [None] * 4
    assert len(rows(desk.store.url, "SELECT id FROM fragment")) == 20
    with desk.store.read() as session:
        assert session.query(Inbox).count() == 25
    desk.later(minutes=1)
    assert "发得太快" not in (desk.says("陌生人", "进度") or "")
    desk.forget()


def test_an_official_is_not_counted(desk: Desk) -> None:
    assert all(desk.says("林晓", "今日") for _ in range(30))
    assert receive(desk.service, desk.message("林晓", "今日"), "<xml/>")
