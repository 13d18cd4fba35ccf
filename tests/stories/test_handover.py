"""A transfer: whoever was asked first stays responsible until the next one has signed."""

from datetime import datetime

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


@pytest.fixture
def offered(desk: Desk) -> Desk:
    """Li Jianguo has signed and spoken with Zhang Wei, and has asked Zhao Gang to take the item over."""
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.says("李建国", "进展 001 已到现场看过")
    desk.later(seconds=1)
    desk.forget()
    desk.says("李建国", "转办 001 赵刚 园区内线")
    desk.later(seconds=1)
    return desk


def owner(desk: Desk) -> tuple[str, str, str]:
    item = desk.item()
    return item.state, item.officer.name, item.lead.name


def test_until_the_new_one_signs_the_old_one_is_responsible_and_the_enterprise_hears_nothing(offered: Desk) -> None:
    due = offered.item().due_at

    assert owner(offered) == ("handling", "李建国", "供电公司")
    assert offered.pushes_to("赵刚") == ["offered_officer"]
    assert offered.pushes_to("林晓") == ["offered_coordinator"]
    assert offered.pushes_to("张伟") == []
    assert "等赵刚签收" in (offered.says("李建国", "待办") or "")
    assert "李建国转来，等您签收" in (offered.says("赵刚", "待办") or "")

    assert "已签收 20260928-001" in (offered.says("赵刚", "签收") or "")
    offered.later(seconds=1)

    assert owner(offered) == ("handling", "赵刚", "要素保障专班")
    assert offered.item().due_at == due
    assert offered.item().contacted_at is None  # he has yet to speak with the enterprise himself
    assert offered.pushes_to("张伟") == ["transferred_contact"]
    assert offered.pushes_to("李建国") == ["taken_over"]
    assert offered.pushes_to("林晓") == ["transferred_coordinator"]
    assert "已不在您手上" in (offered.says("李建国", "进展 001 还在办") or "")
    assert "园区内线" in (offered.says("林晓", "为什么 001") or "")


def test_the_new_one_may_decline_and_then_it_stays_where_it_was(offered: Desk) -> None:
    offered.forget()
    assert "请这样写" in (offered.says("赵刚", "退回 001") or "")

    assert "没有接 20260928-001" in (offered.says("赵刚", "退回 001 内线归物业管") or "")
    offered.later(seconds=1)

    assert owner(offered) == ("handling", "李建国", "供电公司")
    assert offered.item().returns == 0
    assert offered.pushes_to("李建国") == ["declined_officer"]
    assert offered.pushes_to("林晓") == ["declined_coordinator"]
    assert "没有找到" in (offered.says("赵刚", "签收 001") or "")
    assert "已请" in (offered.says("李建国", "转办 001 周敏 请她看看") or "")
    offered.later(seconds=1)
    offered.forget()


def test_an_offer_nobody_signs_is_reminded_to_both_in_working_time(new_desk: object) -> None:
    friday = new_desk(start=datetime.fromisoformat("2026-10-16T14:00:00+08:00"))  # type: ignore[operator]
    friday.says("张伟", "我们厂又跳闸了")
    friday.later(minutes=2)
    friday.says("李建国", "进展 001 看过了")
    friday.says("李建国", "转办 001 赵刚 园区内线")
    friday.later(seconds=1)
    friday.forget()

    friday.until("2026-10-19T08:29:00+08:00")
    assert friday.pushes_to("赵刚") == []  # the weekend is nobody's time
    friday.until("2026-10-19T14:03:00+08:00")

    assert friday.pushes_to("赵刚") == ["remind_offer", "remind_offer"]
    assert friday.pushes_to("李建国") == ["remind_offer_owner"]


def test_the_old_owner_may_still_finish_it_and_nobody_waits_for_the_signature_any_more(offered: Desk) -> None:
    offered.forget()

    offered.says("李建国", "办结 001 内线已修好")
    offered.later(seconds=1)

    assert offered.pushes_to("赵刚") == ["offer_void"]
    assert offered.pushes_to("张伟") == ["resolved_contact"]
    assert "没有找到" in (offered.says("赵刚", "签收 001") or "")
    offered.says("张伟", "不满意 001 没修好")  # back to work: with Li Jianguo, whom nobody else relieves
    offered.later(seconds=1)
    assert owner(offered) == ("handling", "李建国", "供电公司")
    assert "没有找到" in (offered.says("赵刚", "签收 001") or "")
    offered.forget()


def test_one_offer_at_a_time_and_the_office_overrules_it(offered: Desk) -> None:
    offered.forget()
    assert "正等签收" in (offered.says("李建国", "转办 001 周敏 请她看看") or "")

    offered.says("林晓", "派单 001 金融工作办公室 周敏")
    offered.later(seconds=1)

    assert owner(offered) == ("assigned", "周敏", "金融工作办公室")
    assert offered.pushes_to("赵刚") == ["offer_void"]
    offered.forget()


def test_whoever_is_only_asked_may_look_and_sign_but_not_work(offered: Desk) -> None:
    offered.forget()

    assert "责任单位：供电公司，李建国" in (offered.says("赵刚", "待办 001") or "")
    assert "责任人是供电公司 李建国" in (offered.says("赵刚", "办结 001 好了") or "")
    assert owner(offered) == ("handling", "李建国", "供电公司")


def test_an_unsigned_item_is_signed_for_by_whoever_takes_it(desk: Desk) -> None:
    desk.says("张伟", "我们厂又跳闸了")
    desk.later(minutes=2)
    desk.says("李建国", "转办 001 赵刚 园区内线")
    assert desk.item().state == "assigned"
    desk.says("赵刚", "签收 001")
    desk.later(seconds=1)

    assert owner(desk) == ("handling", "赵刚", "要素保障专班")
    assert desk.item().signed_at is not None
    desk.forget()
