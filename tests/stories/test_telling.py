"""How a report is told: in fragments, with pictures, twice, by strangers, in despair, in confidence."""

from concurrent.futures import ThreadPoolExecutor

from store import items
from store.tables import Fragment
from tests.desk import Desk


def test_one_problem_told_in_fragments_stays_one_item_with_one_answer(desk: Desk) -> None:
    assert "您好" in (desk.says("张伟", "你好") or "")
    receipt = desk.says("张伟", "我们厂电不够用")
    second = desk.says("张伟", "老是跳闸")
    picture = desk.says("张伟", MsgType="image", PicUrl="http://mmbiz.qpic.cn/x", MediaId="m1")
    place = desk.says(
        "张伟", MsgType="location", Location_X="34.3", Location_Y="107.2", Scale="16", Label="龙源工业园3号"
    )
    desk.later(minutes=2)
    desk.forget()

    assert "20260928-001" in (receipt or "")
    assert second is None
    assert "图片已并入 20260928-001" in (picture or "")
    assert "位置已并入 20260928-001" in (place or "")
    assert desk.item().text == "我们厂电不够用\n老是跳闸"
    with desk.store.read() as session:
        assert items.how_many(session) == 1
        kinds = [row.kind for row in session.query(Fragment).order_by(Fragment.id)]
    assert kinds == ["text", "text", "image", "location"]


def test_a_picture_before_the_words_waits_for_them(desk: Desk) -> None:
    assert "一句话" in (desk.says("黄磊", MsgType="image", PicUrl="http://mmbiz.qpic.cn/x", MediaId="m1") or "")

    desk.later(minutes=2)
    desk.says("黄磊", "厂门口这条路坏得不行，大车过不去")
    desk.later(minutes=2)
    desk.forget()

    with desk.store.read() as session:
        report = items.by_short_number(session, "main", "001", 1)[0].report
        assert [piece.kind for piece in report.fragments] == ["image", "text"]


def test_a_burst_ends_five_minutes_after_it_began_however_fast_people_type(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    for _ in range(8):
        desk.later(seconds=45)
        desk.says("张伟", "设备都停了")

    assert desk.item().state == "assigned"
    desk.forget()


def test_several_problems_in_one_message_become_several_items(desk: Desk) -> None:
    receipt = desk.says("张伟", "一是用电紧张老跳闸，二是招工难缺焊工，三是门口路该修了")
    desk.later(minutes=2)
    desk.forget()

    assert "共记 3 件" in (receipt or "")
    assert [desk.item(number).category for number in ("001", "002", "003")] == ["UTILITY", "LABOR", "INFRA"]
    assert len({desk.item(number).report_id for number in ("001", "002", "003")}) == 1


def test_an_urgent_item_does_not_wait_and_is_pushed_at_night(new_desk: object) -> None:
    night = new_desk(start=_at("2026-09-28T22:40:00+08:00"))  # type: ignore[operator]

    night.says("刘洋", "昨晚停电到现在，冷库里的货要坏了")
    night.work()

    assert night.item().urgent
    assert night.item().state == "assigned"
    assert night.pushes_to("李建国") == ["dispatched_officer"]
    night.forget()


def test_what_is_not_urgent_waits_for_the_morning(new_desk: object) -> None:
    night = new_desk(start=_at("2026-09-30T22:40:00+08:00"))  # type: ignore[operator]

    night.says("张伟", "想增容，变压器带不动了")
    night.later(minutes=5)
    assert night.pushes_to("李建国") == []

    night.until("2026-10-07T23:00:00+08:00")
    assert night.pushes_to("李建国") == []  # National Day

    night.until("2026-10-08T08:31:00+08:00")
    assert night.pushes_to("李建国") == ["dispatched_officer"]
    night.forget()


def test_danger_gets_the_emergency_numbers_first_and_the_duty_person_at_once(new_desk: object) -> None:
    night = new_desk(start=_at("2026-10-03T02:00:00+08:00"))  # type: ignore[operator]

    reply = night.says("徐静", "车间着火了 快来人")
    night.work()

    assert "119" in (reply or "")
    item = night.item()
    assert (item.category, item.urgent, item.kind) == ("EHS", True, "emergency")
    assert night.pushes_to("方明") == ["alarm_duty"]
    night.forget()


def test_danger_told_between_two_other_matters_rings_and_these_are_asked_for_again(desk: Desk) -> None:
    reply = desk.says("刘洋", "技改补贴还没到账，二车间氨气漏出来倒了两个人，另外门口路灯也坏了") or ""
    desk.work()

    assert "119" in reply
    assert "另发一条，用“另外”开头" in reply
    assert desk.pushes_to("方明") == ["alarm_duty"]

    again = desk.says("刘洋", "另外门口路灯坏了半个月了") or ""
    desk.later(minutes=2)
    desk.forget()

    assert "20260928-002" in again
    assert desk.item("002").category == "INFRA"


def test_a_report_of_misconduct_is_seen_by_its_receiver_only(desk: Desk) -> None:
    reply = desk.says("陈晨", "供电那边有人办事要好处，不给就拖着")
    desk.later(minutes=2)

    assert "只转给专门受理人" in (reply or "")
    assert desk.pushes_to("沈正") == ["dispatched_receiver"]
    assert desk.pushes_to("陈晨") == ["dispatched_contact"]
    assert "没有找到" in (desk.says("林晓", "查 9001") or "")
    assert "没有找到" in (desk.says("马志远", "查 9001") or "")
    assert "登记 0" in (desk.says("林晓", "统计") or "")
    assert "9001" in (desk.says("沈正", "待办") or "")


def test_a_stranger_may_report_and_is_marked_unverified_until_bound(desk: Desk) -> None:
    first = desk.says("路过的人", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.forget()
    assert "未核实" in (first or "")
    assert desk.item().enterprise is None

    assert "不能用" in (desk.says("路过的人", "绑定 WRONG123") or "")
    assert "云桥模具" in (desk.says("路过的人", "绑定 yqmj-2026") or "")
    assert "不能用" in (desk.says("吴小满", "绑定 YQMJ2026") or "")  # it was used

    desk.says("路过的人", "还有件事，招不到焊工")
    desk.later(minutes=2)
    desk.forget()
    assert desk.item("002").enterprise.name == "云桥模具有限公司"


def test_the_same_message_delivered_three_times_at_once_makes_one_item_and_one_reply(desk: Desk) -> None:
    message = desk.message("张伟", "我们厂又跳闸了，这周第三次")

    with ThreadPoolExecutor(3) as pool:
        replies = set(pool.map(desk.delivers, [message] * 3))
    replies.add(desk.delivers(message))
    desk.later(minutes=2)
    desk.forget()

    assert len(replies) == 1
    with desk.store.read() as session:
        assert items.how_many(session) == 1


def test_two_problems_of_one_enterprise_a_day_apart_are_two_items(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(days=1)
    desk.says("张伟", "缺三十个焊工")
    desk.later(minutes=2)
    desk.forget()

    assert desk.item("001").number in ("20260928-001", "20260929-001")
    assert {desk.item("001").number[:8]} == {"20260929"}


def test_a_doubtful_report_offers_three_choices_and_goes_to_the_coordinator(desk: Desk) -> None:
    reply = desk.says("陈晨", "支部换届想请党建指导员来一趟")
    desk.later(minutes=2)

    assert "活动办" in (reply or "")
    assert desk.item().state == "triage"
    assert desk.pushes_to("林晓") == ["triage_coordinator"]
    assert "待分办 1 件" in (desk.says("林晓", "待分办") or "")

    done = desk.says("林晓", "派单 001 产业发展专班 陈立 5天")
    desk.later(seconds=1)

    assert "已派给产业发展专班 陈立" in (done or "")
    item = desk.item()
    assert (item.state, item.officer.name, item.mode) == ("assigned", "陈立", "department")
    assert desk.pushes_to("陈立") == ["dispatched_officer"]
    desk.forget()


def _at(text: str) -> object:
    return __import__("datetime").datetime.fromisoformat(text)


def test_who_is_bound_to_a_company_is_never_sent_away_as_a_resident(desk: Desk) -> None:
    stranger = desk.says("吴小满", "我家门口的路坏了，老人出不了门") or ""
    bound = desk.says("张伟", "我家门口的路坏了，老人出不了门") or ""

    assert "编号" not in stranger
    assert "编号 20260928-001" in bound


def test_misconduct_that_shows_only_in_a_later_fragment_takes_the_report_with_it(desk: Desk) -> None:
    desk.says("陈晨", "那个事弄一下")
    reply = desk.says("陈晨", "审批的人说要好处费才给办") or ""
    desk.later(minutes=2)

    assert "只转给专门受理人" in reply
    assert desk.item("9001").restricted
    assert "那个事弄一下" in desk.item("9001").text or desk.item("9001").text.startswith("审批")
    desk.forget()


def test_a_telephone_number_is_no_problem_of_its_own(desk: Desk) -> None:
    reply = desk.says("张伟", "变压器不够用，联系人张师傅13812345678") or ""

    assert "编号 20260928-001" in reply
    assert "共记" not in reply


def test_of_several_the_doubtful_one_is_asked_about(desk: Desk) -> None:
    reply = desk.says("张伟", "1、招不到焊工 2、那个单子老是不批下来 3、厂门口的路灯不亮") or ""

    if "类别还拿不准" not in reply:
        assert not any(item.doubtful for item in (desk.item("001"), desk.item("002"), desk.item("003")))


def test_an_ordinary_problem_told_after_an_alarm_gets_its_own_number(desk: Desk) -> None:
    desk.says("刘洋", "车间着火了，有人困在里面")

    later = desk.says("刘洋", "另外我们的土地证一直没办下来，跑了三趟") or ""
    desk.later(minutes=2)
    desk.forget()

    assert "20260928-002" in later
    assert desk.item("002").category == "LAND"


def test_an_alarm_behind_a_rating_word_is_raised_though_nothing_is_to_be_rated(desk: Desk) -> None:
    reply = desk.says("刘洋", "满意 着火了，有人困在车间里") or ""
    desk.later(minutes=1)

    assert "119" in reply
    assert desk.item("001").kind == "emergency"
    desk.forget()
