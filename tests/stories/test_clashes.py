"""Two people at the same moment: one wins, the other is told; what people write cannot speak for others."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from bot.message import OA
from bot.passive import passive
from bot.texts import Rendered
from routing import outcome
from routing.ladder import tick
from routing.policy import Turn
from store import items, people
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

SECOND_OFFICE = "韩梅"
MOMENT = "9月28日 周一 09:0"


@pytest.fixture
def taken(desk: Desk) -> Desk:
    """Zhang Wei's trip is in Li Jianguo's hands, unsigned; there is a second coordinator."""
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.says(SECOND_OFFICE, "你好")
    with desk.store.write() as session:
        second = people.identity(session, OA, f"o_{SECOND_OFFICE}")
        assert second is not None
        second.person.name, second.person.role = SECOND_OFFICE, "coordinator"
    desk.forget()
    return desk


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Everybody begins at the same moment, each in a thread of his own; what each was answered."""
    ready = Barrier(len(deeds))

    def begin(deed: Callable[[], object]) -> str:
        ready.wait(timeout=30)
        return str(deed() or "")

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [told.result(timeout=60) for told in [pool.submit(begin, deed) for deed in deeds]]


def says(desk: Desk, *said: tuple[str, str]) -> list[str]:
    return at_once(*[partial(desk.says, who, words) for who, words in said])


def one_story(desk: Desk, number: str = "001") -> list[str]:
    """The history is one line of steps without a gap, each from where the last one led; what was done, by whom."""
    item = desk.item(number)
    assert [event.seq for event in item.events] == list(range(1, len(item.events) + 1))
    for before, after in zip(item.events, item.events[1:], strict=False):
        assert after.state_before == before.state_after
    assert item.state == item.events[-1].state_after
    return [f"{event.actor.name if event.actor else ''} {event.action}" for event in item.events]


def test_of_two_who_act_at_once_one_wins_and_the_other_is_told_who_was_first(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()

    with ThreadPoolExecutor(1) as pool:
        with desk.store.write() as session:  # Li Jianguo is in the middle of resolving it …
            item = items.by_short_number(session, "main", "001", 1)[0]
            officer = people.people_named(session, "李建国", ("officer",))[0]
            outcome.resolve(Turn(session, desk.service.policy, desk.clock.now()), item, officer, "好了")
            session.flush()
            told = pool.submit(desk.says, "林晓", "派单 001 周敏")  # … when Lin Xiao gives it to somebody else
        answer = told.result(timeout=30) or ""

    assert "现在是“已办结待评价”，不能“派单”" in answer
    assert "办结 好了" in answer
    assert desk.actions()[-1] == "resolve"
    desk.later(seconds=1)
    desk.forget()


def test_many_supplements_at_once_are_all_kept(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda n: desk.says("张伟", f"补充 001 第{n}条"), range(3)))

    assert all("已补充" in (answer or "") for answer in answers)
    assert desk.actions().count("supplement") == 3
    desk.later(seconds=1)
    assert desk.pushes_to("李建国") == ["supplement_officer"] * 3


def test_a_link_somebody_wrote_is_no_link_on_another_phone(desk: Desk) -> None:
    desk.says("林晓", "今日")
    desk.says("李建国", "待办")
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=办结 001 好">点我</a>'

    desk.says("张伟", f"我们厂又跳闸了，变压器带不动，全厂设备都开不了 {link}")
    desk.later(minutes=2)

    pushed = desk.bodies_to("李建国")
    assert "weixin://bizmsgmenu" in pushed[0]
    assert "<a" not in pushed[0]
    desk.forget()


def test_a_passive_reply_is_cut_before_its_links_and_unsafe_buttons_are_left_out(desk: Desk) -> None:
    said = Rendered("很长的话" * 400, buttons=(("撤回 001", "撤回"), ('进展 001 "<b>&', "记下")))

    text = passive(desk.service, OA, said)

    assert len(text.encode()) <= 2000
    assert text.endswith("撤回</a>")
    assert "记下" not in text


# -- two at the same moment, in threads


def test_of_two_who_assign_the_same_item_one_does_and_the_other_is_asked(taken: Desk) -> None:
    answers = says(taken, ("林晓", "派单 001 周敏"), (SECOND_OFFICE, "派单 001 何静"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    first, second = ("林晓", SECOND_OFFICE) if history["林晓 dispatch"] else (SECOND_OFFICE, "林晓")
    winner, loser = ("周敏", "何静") if first == "林晓" else ("何静", "周敏")
    assert (history[f"{first} dispatch"], history[f"{second} dispatch"]) == (1, 0)
    told = next(answer for answer in answers if "刚有人派过" in answer)
    assert f"{MOMENT}2 {first} 交办 {winner}" in told
    assert f"派单 001 仍 {loser}" in told
    assert taken.pushes_to(winner) == ["dispatched_officer"]
    assert taken.pushes_to(loser) == []

    assert "已派给" in (taken.says(second, f"派单 001 仍 {loser}") or "")
    taken.later(seconds=1)
    assert taken.pushes_to(winner) == ["taken_over"]
    assert taken.pushes_to(loser) == ["dispatched_officer"]
    taken.forget()


def test_later_nobody_is_asked_and_one_may_always_change_his_own_word(taken: Desk) -> None:
    taken.says("林晓", "派单 001 周敏")
    assert "已派给" in (taken.says("林晓", "派单 001 何静") or "")
    taken.later(minutes=3)

    assert "已派给" in (taken.says(SECOND_OFFICE, "派单 001 周敏") or "")
    taken.later(seconds=1)
    taken.forget()


def test_signed_or_given_back_but_never_both(taken: Desk) -> None:
    answers = says(taken, ("李建国", "签收 001"), ("李建国", "退回 001 不归供电"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    assert history["李建国 sign"] + history["李建国 return"] == 1
    if history["李建国 sign"]:
        assert f"最近：{MOMENT}2 李建国 签收" in answers[1]
        assert "returned_coordinator" not in taken.pushes_to("林晓")
        assert taken.pushes_to("张伟") == ["signed_contact"]
    else:
        assert f"20260928-001 已不在您手上：{MOMENT}2 李建国 退回 不归供电" in answers[0]
        assert taken.pushes_to("张伟") == []
    taken.forget()


def test_done_or_withdrawn_but_never_both(taken: Desk) -> None:
    answers = says(taken, ("李建国", "办结 001 换了断路器"), ("张伟", "撤回 001"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    assert history["李建国 resolve"] + history["张伟 withdraw"] == 1
    if history["李建国 resolve"]:
        assert f"最近：{MOMENT}2 李建国 办结 换了断路器" in answers[1]
        assert taken.pushes_to("李建国") == []
    else:
        assert f"最近：{MOMENT}2 张伟 撤回" in answers[0]
        assert taken.pushes_to("张伟") == []
    taken.forget()


def test_who_presses_while_it_is_rated_is_told_of_the_rating(taken: Desk) -> None:
    taken.says("李建国", "办结 001 换了断路器")
    taken.later(seconds=1)
    taken.forget()

    answers = says(taken, ("张伟", "满意 001"), ("张伟", "催办 001"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    assert (history["张伟 rate"], history["张伟 urge"]) == (1, 0)
    assert "责任人已报办结" in answers[1] or f"不用再催：{MOMENT}2 张伟 评价 满意" in answers[1]
    assert "urged_officer" not in taken.pushes_to("李建国")
    taken.forget()


def test_an_item_merged_while_it_is_signed_ends_once_and_nobody_works_on_it(taken: Desk) -> None:
    taken.says("刘洋", "车间老是跳闸")
    taken.later(minutes=2)
    taken.forget()

    answers = says(taken, ("林晓", "合并 001 002"), ("李建国", "签收 001"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    assert history["林晓 merge"] == 1
    assert taken.item().state == "merged"
    assert "已并入" in answers[0]
    if history["李建国 sign"]:
        assert history["李建国 sign"] == 1
    else:
        assert f"最近：{MOMENT}4 林晓 合并" in answers[1]
        assert "signed_contact" not in taken.pushes_to("张伟")
    assert one_story(taken, "002").count("林晓 merged_in") == 1
    assert "merged_officer" in taken.pushes_to("李建国")
    taken.forget()


def rated(desk: Desk) -> None:
    desk.says("李建国", "办结 001 换了断路器")
    desk.says("张伟", "满意 001")
    desk.later(seconds=1)
    desk.forget()


def test_of_two_who_check_one_passes_or_sends_back_and_the_other_is_told(taken: Desk) -> None:
    rated(taken)

    answers = says(taken, ("林晓", "核实 001 通过"), (SECOND_OFFICE, "核实 001 退回 没有照片"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    assert history["林晓 verify"] + history[f"{SECOND_OFFICE} send_back"] == 1
    if history["林晓 verify"]:
        assert f"刚有人核实过：{MOMENT}2 林晓 核实通过" in answers[1]
        assert taken.pushes_to("李建国") == []
        assert "已退回" in (taken.says(SECOND_OFFICE, "核实 001 仍退回 没有照片") or "")
    else:
        assert f"最近：{MOMENT}2 {SECOND_OFFICE} 核实退回 没有照片" in answers[0]
    taken.later(seconds=1)
    taken.forget()


def test_of_two_who_strike_it_off_one_does(taken: Desk) -> None:
    rated(taken)
    taken.says("林晓", "核实 001 通过")

    answers = says(taken, ("林晓", "销号 001"), (SECOND_OFFICE, "销号 001"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    first = "林晓" if history["林晓 close"] else SECOND_OFFICE
    assert history["林晓 close"] + history[f"{SECOND_OFFICE} close"] == 1
    assert sum("已销号。" in answer for answer in answers) == 1
    assert any(f"最近：{MOMENT}2 {first} 销号" in answer for answer in answers)
    assert taken.pushes_to("张伟") == ["closed_contact"]
    taken.forget()


def test_who_has_signed_is_not_reminded_and_the_history_does_not_say_so(taken: Desk) -> None:
    taken.until("2026-09-28T14:30:00+08:00")  # not quite three and a half working hours after the dispatch
    due = taken.item().next_check_at
    assert due is not None
    taken.clock.moment = due
    taken.forget()

    answers = at_once(
        lambda: taken.says("李建国", "签收 001"),
        lambda: tick(taken.store, taken.service.policy, taken.clock.now()),
    )
    taken.later(seconds=1)

    history = one_story(taken)
    assert "已签收" in answers[0]
    assert "remind_sign" not in taken.pushes_to("李建国")
    assert history.count(" remind") == history.count(" remind_dropped")
    taken.forget()


def test_who_follows_an_item_is_told_too_who_took_it_from_them_and_when(taken: Desk) -> None:
    taken.says("林晓", "派单 001 陈立")  # he is the enterprise's own officer, and goes on seeing it
    taken.later(minutes=1)
    taken.says("林晓", "派单 001 供电公司 李建国")

    answer = taken.says("陈立", "签收 001") or ""

    assert "已不在您手上" in answer
    assert "9月28日 周一 09:03 林晓 交办 李建国" in answer
    taken.later(seconds=1)
    taken.forget()


def test_an_extension_is_decided_once(taken: Desk) -> None:
    taken.says("李建国", "签收 001")
    taken.says("李建国", "延期 001 3天 配件缺货")
    taken.later(seconds=1)
    taken.forget()

    answers = says(taken, ("林晓", "同意延期 001"), (SECOND_OFFICE, "不同意延期 001 抓紧"))
    taken.later(seconds=1)

    history = Counter(one_story(taken))
    granted, refused = history["林晓 extension_granted"], history[f"{SECOND_OFFICE} extension_refused"]
    assert granted + refused == 1
    first, done = ("林晓", "同意延期") if granted else (SECOND_OFFICE, "不同意延期")
    assert f"已经批过：{MOMENT}2 {first} {done}" in answers[1 if granted else 0]
    assert taken.item().extensions[0].status == ("granted" if granted else "refused")
    assert taken.pushes_to("李建国") == [f"extension_{'granted' if granted else 'refused'}_officer"]
    taken.forget()


def test_two_batches_of_the_same_items_are_one(taken: Desk) -> None:
    taken.says("刘洋", "车间老是跳闸")
    taken.later(minutes=2)
    taken.forget()

    answers = says(taken, ("林晓", "批办 跳闸 001 002"), (SECOND_OFFICE, "批办 跳闸 002 001"))
    taken.later(seconds=1)

    assert sorted("新加 2" in answer for answer in answers) == [False, True]
    for number in ("001", "002"):
        assert sum(step.endswith(" batch") for step in one_story(taken, number)) == 1
    assert taken.pushes_to("李建国") == ["batched_officer"]
