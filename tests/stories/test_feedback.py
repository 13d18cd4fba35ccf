"""事事有回音: at every turn the enterprise hears its number, who has it, and by when."""

import pytest

from bot.texts import Texts, fields_of
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once

TEXTS = Texts.load()
WHO, BY_WHEN = {"officer", "lead"}, {"due", "until_at", "planned"}


@pytest.fixture
def open_item(desk: Desk) -> Desk:
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    return desk


def heard(desk: Desk) -> str:
    """The one thing the enterprise was told since somebody last asked; it writes, so that it is told in full."""
    desk.later(seconds=1)
    [told] = desk.bodies_to("张伟")
    desk.says("张伟", "进度 001")
    return told


@pytest.mark.parametrize(
    ("key", "who", "when"),
    [
        ("received", {"lead"}, True),
        ("dispatched_contact", WHO, True),
        ("signed_contact", WHO, True),
        ("transferred_contact", WHO, True),
        ("extension_granted_contact", WHO, True),
        ("progress_contact", {"officer"}, False),
        ("resolved_contact", WHO, False),
        ("resolved_planned_contact", WHO, True),
        ("resolved_explained_contact", WHO, False),
        ("resolved_not_in_remit_contact", WHO | {"whom"}, False),
        ("objected", {"officer"}, True),
        ("sent_back_contact", {"officer"}, True),
        ("reopened_contact", WHO, True),
        ("closed_contact", {"integrity_phone"}, False),
        ("followup_planned_contact", WHO, False),
    ],
)
def test_what_the_enterprise_reads_names_number_person_and_day(key: str, who: set[str], when: bool) -> None:
    told = fields_of(TEXTS.texts[key].body)

    assert "number" in told
    assert told >= who
    assert not when or told & BY_WHEN


def test_from_the_receipt_to_the_close_the_enterprise_is_told_at_every_turn(desk: Desk) -> None:
    receipt = desk.says("张伟", "我们厂又跳闸了，这周第三次") or ""
    assert "编号 20260928-001" in receipt
    assert "供电公司，最迟 10月13日 周二 17:30 前办结" in receipt

    desk.later(minutes=2)
    assert "供电公司 李建国办理，10月13日 周二 17:30 前办结" in heard(desk)

    desk.says("李建国", "签收 001")
    assert "李建国（供电公司）已签收，10月13日" in heard(desk)

    desk.says("李建国", "延期 001 3天 等变压器到货")
    desk.says("林晓", "同意延期 001")
    told = heard(desk)
    assert "李建国（供电公司）申请延期" in told
    assert "改为 10月16日 周五 17:30，原因：等变压器到货" in told

    desk.says("李建国", "转办 001 赵刚 园区内线")
    desk.says("赵刚", "签收 001")
    assert "已转由要素保障专班 赵刚办理，时限不变：10月16日" in heard(desk)

    desk.says("赵刚", "办结 001 换了断路器")
    assert "赵刚（要素保障专班）报告已办结：换了断路器" in heard(desk)

    assert "由活动办核实后销号" in (desk.says("张伟", "满意 001") or "")
    desk.says("林晓", "核实 001 通过")
    desk.says("林晓", "销号 001")
    told = heard(desk)
    assert "20260928-001 已核实销号" in told
    assert "监督电话 12345" in told
    desk.forget()


def test_what_is_opened_again_is_said_with_its_owner_or_that_there_is_none_yet(open_item: Desk) -> None:
    open_item.forget()
    open_item.says("张伟", "撤回 001 自己修好了")
    open_item.says("林晓", "重开 001 又跳了")
    assert "正在指定责任人" in heard(open_item)

    open_item.says("林晓", "派单 001 李建国")
    open_item.later(seconds=1)
    open_item.forget("张伟")
    for who, said in (
        ("李建国", "办结 001 换了断路器"),
        ("张伟", "满意 001"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ):
        open_item.says(who, said)
    open_item.later(seconds=1)
    open_item.forget()

    open_item.says("林晓", "重开 001 又跳了")
    told = heard(open_item)
    assert "仍由李建国（供电公司）办理，时限 " in told
    open_item.forget()
