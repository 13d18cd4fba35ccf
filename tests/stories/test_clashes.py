"""Two people at the same moment: one wins, the other is told; what people write cannot speak for others."""

from concurrent.futures import ThreadPoolExecutor

from bot.message import OA
from bot.reception import passive
from bot.texts import Rendered
from routing import outcome
from routing.policy import Turn
from store import items, people
from tests.desk import Desk


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

    assert "现在是“已办结待评价”，不能派单" in answer
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
