"""Nobody is left untold: a message goes by the way that is open, and where none is, somebody telephones."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import xml
from bot.delivery import drain
from bot.senders import SendFailed, Trouble
from bot.service import Service, Subscription
from store import calls, items, outbox, people
from store.dossier import set_phone
from store.tables import ChatWindow
from tests.desk import Desk
from tests.test_delivery import push_of, sent_to

SUBSCRIPTION = "sub-1"


def member(desk: Desk, name: str, user: str, *, only: bool = False) -> None:
    """This person is in WeCom as well, or there alone."""
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        for identity in people.identities_of(session, person) if only else ():
            session.delete(identity)
        people.add_account(session, person, "wecom", user)


def event(desk: Desk, name: str, kind: str, **fields: str) -> None:
    assert desk.says(name, MsgType="event", Event=kind, **fields) is None


@pytest.fixture
def nobody_there(desk: Desk) -> Desk:
    """Li Jianguo has never written, there is no template: nothing reaches him. The coordinator has written."""
    desk.phones.ways = ("custom",)
    desk.says("林晓", "今日")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    return desk


# ---------------------------------------------------------------- calling


def test_whoever_no_message_reaches_is_called_and_ticked_off(nobody_there: Desk) -> None:
    desk = nobody_there
    assert set(desk.pushes_to("林晓")) == {"call"}
    texts = [body["text"]["content"] for body in desk.phones.sent if body["touser"] == "o_林晓"]
    asked = next(text for text in texts if "李建国" in text)
    assert "跳闸" in asked  # what to say
    assert "已电话 001 李建国" in asked
    assert "李建国 未送达" in (desk.says("林晓", "查 001") or "")

    answer = desk.says("林晓", "已电话 001 李建国 他下午去现场")

    assert "李建国" in (answer or "")
    assert "李建国｜" not in (desk.says("林晓", "未送达") or "")
    assert "电话告知：他下午去现场" in (desk.says("林晓", "为什么 001") or "")
    assert desk.actions()[-1] == "phoned"
    assert "李建国｜" not in (desk.says("林晓", "已电话 李建国") or "")
    desk.forget()


def test_the_number_is_told_to_whoever_asks_and_lies_in_no_push(nobody_there: Desk) -> None:
    desk = nobody_there
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == "李建国")
        set_phone(session, person, "13900001234")

    assert "李建国 13900001234｜" in (desk.says("林晓", "未送达") or "")

    desk.until("2026-09-29T08:45:00+08:00")
    assert "13900001234" not in str(desk.phones.sent)
    desk.forget()


def test_a_call_stays_on_the_mornings_list_until_it_is_ticked_off(nobody_there: Desk) -> None:
    desk = nobody_there
    desk.forget()
    desk.lists_to("林晓")

    desk.says("林晓", "今日")
    desk.until("2026-09-29T08:45:00+08:00")
    assert any("李建国" in told and "已电话" in told for told in desk.lists_to("林晓"))

    desk.says("张伟", "撤回 001")
    desk.until("2026-09-30T08:29:00+08:00")
    while "没有未送达" not in (left := desk.says("林晓", "未送达") or ""):
        desk.says("林晓", f"已电话 {left.splitlines()[1].split('｜')[0]}")
    desk.lists_to("林晓")
    desk.until("2026-09-30T08:45:00+08:00")
    assert desk.lists_to("林晓") == []
    desk.forget()


def test_what_is_still_being_tried_never_hides_what_did_not_arrive(nobody_there: Desk) -> None:
    desk = nobody_there
    now = desk.clock.now()
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == "李建国")
        lost = next(push for push in outbox.to_person(session, person) if push.status == "dead")
        told = {"text": "急", "buttons": ()}
        outbox.put(
            session, person, "said", once_key="u", now=now, not_before=now, item=lost.item, urgent=True, facts=told
        )
        trying = outbox.to_person(session, person)[-1]
        assert calls.wanted_for(session, trying, now) is None
        assert calls.unfinished(session)[0].push is lost
        trying.status = "sent"

    assert "李建国｜" in (desk.says("林晓", "未送达") or "")
    desk.forget()


def test_a_person_who_was_reached_after_all_is_called_anew_when_they_are_lost_again(nobody_there: Desk) -> None:
    desk = nobody_there
    now = desk.clock.now()
    with desk.store.write() as session:
        call = next(call for call in calls.unfinished(session) if call.person.name == "李建国")
        call.push.status = "sent"
        assert call not in calls.unfinished(session)

        made = calls.wanted_for(session, call.push, now)

        assert made is not None
        assert call.done_at == now
    desk.forget()


def test_a_number_or_name_that_waits_for_no_call_gets_the_list(nobody_there: Desk) -> None:
    assert "李建国" in (nobody_there.says("林晓", "已电话 007") or "")
    assert "李建国" in (nobody_there.says("林晓", "已电话 刘洋") or "")
    nobody_there.forget()


def test_only_the_office_ticks_off(nobody_there: Desk) -> None:
    before = nobody_there.actions()

    nobody_there.says("张伟", "已电话 001")
    nobody_there.says("马志远", "已电话 001")

    assert nobody_there.actions() == before
    assert "李建国" in (nobody_there.says("林晓", "未送达") or "")
    nobody_there.forget()


def test_a_call_about_a_restricted_report_is_its_receivers_alone(desk: Desk) -> None:
    desk.phones.ways = ("custom",)
    desk.says("林晓", "今日")
    desk.says("张伟", "举报王科长收受好处，索要红包")
    desk.later(minutes=2)

    assert desk.item("9001").restricted
    assert "没有未送达" in (desk.says("林晓", "未送达") or "")
    assert "待办" not in "".join(desk.pushes_to("林晓"))
    receiver = desk.item("9001").officer
    assert receiver is not None
    desk.says(receiver.name, "待办")
    assert "已电话" in (desk.says(receiver.name, "未送达") or "")
    desk.forget()


def test_what_urges_and_does_not_get_through_is_called_at_once_while_it_is_tried_on(desk: Desk) -> None:
    """At night, too; and when it gets through after all there is nothing left to call about."""
    desk.until("2026-09-28T22:00:00+08:00")
    desk.says("林晓", "今日")
    desk.says("刘洋", "停电两小时了，冷库里的货要坏了")
    tick_with_faults(desk, 9)
    desk.later(minutes=7)

    assert "call" in desk.pushes_to("林晓")
    assert "李建国" in (desk.says("林晓", "未送达") or "")
    desk.later(hours=2)
    assert push_of(desk, "李建国", "dispatched_officer").status == "sent"
    assert "没有未送达" in (desk.says("林晓", "未送达") or "")
    desk.forget()


def tick_with_faults(desk: Desk, times: int) -> None:
    desk.phones.fail(Trouble.LATER, times)
    desk.work()


# ---------------------------------------------------------------- the next way


def test_a_member_whom_wecom_does_not_know_is_told_on_the_service_account_and_the_office_hears_of_it(
    desk: Desk,
) -> None:
    desk.phones.ways = ("custom", "template", "wecom")
    member(desk, "李建国", "lijianguo")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.phones.faults += [SendFailed(Trouble.DROP, "not a member who can be reached")]

    desk.later(minutes=2)

    assert sent_to(desk, "李建国") == ["template"]
    assert "unreachable" in desk.pushes_to("林晓")
    assert push_of(desk, "李建国", "dispatched_officer").closed_ways == ["wecom"]
    desk.forget()


def test_a_template_message_that_was_blocked_afterwards_is_not_taken_for_told(desk: Desk) -> None:
    desk.says("林晓", "今日")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()
    sent = push_of(desk, "李建国", "dispatched_officer")
    assert "李建国 已发出" in (desk.says("林晓", "查 001") or "")

    event(desk, "李建国", "TEMPLATESENDJOBFINISH", MsgID=str(sent.vendor_id), Status="failed:user block")
    desk.later(seconds=5)

    failed = push_of(desk, "李建国", "dispatched_officer")
    assert (failed.status, failed.error) == ("dead", "failed:user block")
    assert "李建国 未送达" in (desk.says("林晓", "查 001") or "")
    assert desk.pushes_to("林晓") == ["call"]
    desk.forget()


def test_a_template_message_that_arrived_is_shown_as_arrived_even_when_we_hear_it_before_the_answer(
    desk: Desk,
) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    event(desk, "李建国", "TEMPLATESENDJOBFINISH", MsgID=str(len(desk.phones.sent) + 1), Status="success")

    desk.later(minutes=2)
    desk.later(seconds=5)

    assert push_of(desk, "李建国", "dispatched_officer").arrived_at is not None
    assert "李建国 已送达" in (desk.says("林晓", "查 001") or "")
    desk.forget()


def test_reminders_that_travelled_with_a_message_that_was_refused_travel_with_the_next(desk: Desk) -> None:
    for name in ("张伟", "刘洋", "陈晨"):
        desk.says(name, "厂里老是跳闸")
    desk.later(minutes=2)
    desk.until("2026-09-28T14:30:00+08:00")
    desk.forget()
    desk.says("李建国", "待办")
    desk.phones.faults += [SendFailed(Trouble.PAYLOAD, "errcode 47003")]

    desk.later(minutes=3)

    assert desk.pushes_to("李建国") == ["remind_sign"] * 3
    assert sent_to(desk, "李建国")[-1] == "custom"
    assert "有 3 件事" in desk.phones.sent[-1]["text"]["content"]
    desk.forget()


# ---------------------------------------------------------------- what the chat allows


def test_a_press_on_a_button_allows_three_messages_for_a_minute_and_opens_no_two_days(desk: Desk) -> None:
    """L: a click on a menu of a message does not extend the window."""
    desk.says("李建国", "待办", bizmsgmenuid="待办")
    assert windows_of(desk, "李建国") == [("menu", 3, timedelta(minutes=1))]


@pytest.mark.parametrize(
    ("kind", "opens"), [("subscribe", "subscribe"), ("SCAN", "scan"), ("CLICK", "menu"), ("VIEW", None)]
)
def test_following_scanning_and_the_menu_allow_three_messages_for_a_minute(
    desk: Desk, kind: str, opens: str | None
) -> None:
    desk.says("李建国", MsgType="event", Event=kind, EventKey="")

    assert windows_of(desk, "李建国") == ([(opens, 3, timedelta(minutes=1))] if opens else [])
    desk.forget()


def windows_of(desk: Desk, name: str) -> list[tuple[str, int, timedelta]]:
    """What this person's chat is open for: by what, for how many messages, for how long."""
    with desk.store.read() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        identity = people.identity_of(session, person, "oa")
        assert identity is not None
        found = session.query(ChatWindow).filter_by(identity_id=identity.id).order_by(ChatWindow.id)
        return [(one.kind, one.allowed - one.used, one.until - desk.clock.now()) for one in found]


def test_a_minute_window_is_used_before_the_days_window(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.says("张伟", "进度", bizmsgmenuid="进度")

    desk.later(seconds=58)
    desk.says("张伟", "进度", bizmsgmenuid="进度")
    desk.later(seconds=10)

    left = {kind: count for kind, count, _ in windows_of(desk, "张伟")}
    assert left == {"message": 5, "menu": 2}
    desk.forget()


def test_whoever_unfollows_has_allowed_nothing_any_more(desk: Desk) -> None:
    desk.says("张伟", "进度")
    assert windows_of(desk, "张伟")

    desk.says("张伟", MsgType="event", Event="unsubscribe")

    with desk.store.read() as session:
        assert session.query(ChatWindow).count() == 0


# ---------------------------------------------------------------- subscription messages


@pytest.fixture
def subscribed(desk: Desk) -> Desk:
    """The office has a template of subscription messages and no other."""
    desk.phones.ways = ("custom", "subscribe")
    offer(desk, standing=False)
    desk.says("林晓", "今日")
    return desk


def offer(desk: Desk, *, standing: bool) -> None:
    wanted = Subscription(SUBSCRIPTION, standing, desk.service.template)
    desk.service = replace(desk.service, subscription=wanted)


def taps(desk: Desk, name: str, said: str, kind: str = "popup", wrapper: str = "Popup") -> None:
    row = f"<TemplateId>{SUBSCRIPTION}</TemplateId><SubscribeStatusString>{said}</SubscribeStatusString>"
    message = desk.message(name, MsgType="event", Event=f"subscribe_msg_{kind}_event")
    inside = f"<xml><SubscribeMsg{wrapper}Event><List>{row}</List></SubscribeMsg{wrapper}Event></xml>"
    listed = tuple(json.loads(xml.fields(inside.encode())["List"]))
    key = f"{message.dedupe_key}|{next(desk._ids)}"
    assert desk.delivers(replace(message, listed=listed, dedupe_key=key)) is None


def test_each_tap_allows_one_message_and_then_somebody_calls(subscribed: Desk) -> None:
    desk = subscribed
    taps(desk, "李建国", "accept")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)

    assert sent_to(desk, "李建国") == ["subscribe"]
    sent = next(body for body in desk.phones.sent if body["channel"] == "subscribe")
    assert sent["template_id"] == SUBSCRIPTION
    assert "client_msg_id" not in sent
    desk.says("刘洋", "厂里老是跳闸")
    desk.later(minutes=2)
    assert sent_to(desk, "李建国") == ["subscribe"]
    assert "call" in desk.pushes_to("林晓")
    desk.forget()


def test_a_long_term_permission_lasts_until_it_is_withdrawn_in_the_settings(subscribed: Desk) -> None:
    desk = subscribed
    offer(desk, standing=True)
    taps(desk, "李建国", "accept")
    for name in ("张伟", "刘洋"):
        desk.says(name, "厂里老是跳闸")
        desk.later(minutes=2)
    assert sent_to(desk, "李建国") == ["subscribe"] * 2

    taps(desk, "李建国", "reject", kind="change", wrapper="Change")
    desk.says("陈晨", "厂里老是跳闸")
    desk.later(minutes=2)
    assert sent_to(desk, "李建国") == ["subscribe"] * 2
    desk.forget()


def test_a_permission_the_platform_knows_nothing_of_counts_no_more(subscribed: Desk) -> None:
    """43101: the person refused, or it is used up."""
    desk = subscribed
    for _ in range(3):
        taps(desk, "李建国", "accept")
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(seconds=59)
    desk.phones.fail(Trouble.CHANNEL, 2)

    desk.later(minutes=2)
    desk.says("刘洋", "厂里老是跳闸")
    desk.later(minutes=2)

    assert sent_to(desk, "李建国") == []
    assert "call" in desk.pushes_to("林晓")
    desk.forget()


# ---------------------------------------------------------------- how much


def test_the_thirty_first_message_of_a_minute_to_a_member_waits_here_whichever_process_sends_it(desk: Desk) -> None:
    """L: the 31st message of a minute to a member waits here, for the platform drops it without a word."""
    desk.phones.ways = ("wecom",)
    member(desk, "李建国", "lijianguo", only=True)
    put(desk, "李建国", 31)

    drain(desk.service, desk.phones, "", "one worker")
    drain(other_process(desk), desk.phones, "", "another")
    assert len(desk.phones.sent) == 30

    desk.clock.moment += timedelta(seconds=59)
    drain(desk.service, desk.phones, "", "one worker")
    assert len(desk.phones.sent) == 30
    desk.clock.moment += timedelta(seconds=1)
    drain(other_process(desk), desk.phones, "", "another")
    assert len(desk.phones.sent) == 31
    desk.forget()


def other_process(desk: Desk) -> Service:
    return replace(desk.service)


def test_what_is_above_a_days_messages_of_the_application_waits_for_the_next_day(desk: Desk) -> None:
    desk.phones.ways = ("wecom",)
    limits = desk.service.limits
    desk.service = replace(desk.service, limits=replace(limits, a_day={**limits.a_day, "wecom": 2}))
    member(desk, "李建国", "lijianguo", only=True)
    put(desk, "李建国", 3)

    desk.later(hours=14)
    assert len(desk.phones.sent) == 2

    desk.until("2026-09-29T00:00:01+08:00")
    assert len([body for body in desk.phones.sent if body["touser"] == "lijianguo"]) == 3
    desk.forget()


def put(desk: Desk, name: str, count: int) -> None:
    now = desk.clock.now()
    with desk.store.write() as session:
        person = next(person for person in people.everybody(session) if person.name == name)
        for n in range(count):
            facts = {"text": f"第{n}条", "buttons": ()}
            outbox.put(session, person, "said", once_key=f"n{n}", now=now, not_before=now, urgent=True, facts=facts)


def test_a_later_message_that_is_still_being_tried_does_not_take_the_place_of_one_in_doubt(open_item: Desk) -> None:
    desk = open_item
    with desk.store.write() as session:
        person, item = people.with_role(session, "contact")[0], items.all_open(session)[0]
        now = desk.clock.now()
        for key in ("first", "second"):
            outbox.put(session, person, "said", once_key=key, now=now, not_before=now, item=item, facts={"text": key})
        first, second = outbox.to_person(session, person)[-2:]
        first.status = "unknown"
        calls.wanted_for(session, first, now)

        calls.wanted_for(session, second, now)  # it urges, and has failed a few times
        second.status = "sent"
        session.flush()

        assert [call.push_id for call in calls.unfinished(session)] == [first.id]
    desk.forget()
