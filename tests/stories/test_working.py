"""What officers, the office and contacts do with an item, and what they are told when they cannot."""

import re

import pytest

from bot.commands import COMMANDS
from tests.desk import Desk

pytestmark = pytest.mark.told_at_once


def test_sign_then_progress_tells_the_enterprise(open_item: Desk) -> None:
    assert "已签收 20260928-001" in (open_item.says("李建国", "签收") or "")
    assert "告诉了企业" in (open_item.says("李建国", "进展 001 下周二现场看，带上测试仪") or "")
    open_item.later(seconds=1)

    assert open_item.pushes_to("张伟") == ["signed_contact", "progress_contact"]
    assert "下周二现场看，带上测试仪" in (open_item.says("张伟", "进度") or "")


def test_a_progress_note_on_an_unsigned_item_signs_for_it(open_item: Desk) -> None:
    reply = open_item.says("李建国", "进展 001 已联系")
    open_item.forget()

    assert "视为签收" in (reply or "")
    assert open_item.item().state == "handling"


def test_return_before_signing_goes_to_the_coordinator_and_after_signing_is_refused(open_item: Desk) -> None:
    assert "请这样写" in (open_item.says("李建国", "退回 001") or "")
    open_item.says("李建国", "退回 001 厂区内部线路不归供电公司")
    open_item.later(seconds=1)

    assert (open_item.item().state, open_item.item().officer) == ("triage", None)
    assert open_item.pushes_to("林晓") == ["returned_coordinator"]

    open_item.says("林晓", "派单 001 李建国")
    open_item.says("李建国", "签收 001")
    open_item.later(seconds=1)
    open_item.forget()
    refused = open_item.says("李建国", "退回 001 还是不归我")

    assert "现在是“办理中”，不能“退回”" in (refused or "")
    assert "办结" in (refused or "")


def test_transfer_to_a_person_and_to_a_unit(open_item: Desk) -> None:
    assert "已请要素保障专班 赵刚 接手" in (open_item.says("李建国", "转办 001 赵刚 园区内线") or "")
    open_item.says("赵刚", "签收 001")

    assert "已不在您手上" in (open_item.says("李建国", "签收 001") or "")  # it is not in his hands any more
    assert "没有找到“火星局”" in (open_item.says("赵刚", "转办 001 火星局 试试") or "")
    assert "已请供电公司 李建国 接手" in (open_item.says("赵刚", "转办 001 供电公司 设备是他们的") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_an_extension_is_asked_in_time_granted_by_the_office_told_to_the_enterprise_once(open_item: Desk) -> None:
    open_item.says("李建国", "签收 001")
    open_item.later(seconds=1)
    open_item.forget()
    before = open_item.item().due_at

    assert "已报活动办" in (open_item.says("李建国", "延期 001 3天 等变压器到货") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("林晓") == ["extension_coordinator"]
    assert open_item.item().due_at == before

    assert "已同意" in (open_item.says("林晓", "同意延期 001") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("李建国") == ["extension_granted_officer"]
    assert open_item.pushes_to("张伟") == ["extension_granted_contact"]
    due = open_item.service.policy.calendar.local(open_item.item().due_at)  # type: ignore[arg-type]
    assert f"{due:%m-%d %H:%M}" == "10-16 17:30"

    assert "只能延一次" in (open_item.says("李建国", "延期 001 2天 还没到") or "")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("延期 001 3天", "请这样写"),
        ("延期 001 明年 等批文", "没看懂时间"),
        ("延期 001 60天 等批文", "最多延到"),
        ("延期 001 9月29日 等批文", "要晚于现在的时限"),
    ],
)
def test_an_extension_that_makes_no_sense_is_refused_with_advice(open_item: Desk, asked: str, said: str) -> None:
    assert said in (open_item.says("李建国", asked) or "")
    assert open_item.item().extensions == []


def test_after_the_deadline_it_is_too_late_for_an_extension(open_item: Desk) -> None:
    open_item.until("2026-10-14T10:00:00+08:00")
    open_item.forget()

    assert "不能再申请延期" in (open_item.says("李建国", "延期 001 3天 忘了") or "")


def test_the_contact_urges_supplements_and_withdraws(open_item: Desk) -> None:
    assert "第 1 次" in (open_item.says("张伟", "催办 001") or "")
    assert "第 2 次" in (open_item.says("张伟", "催一下，都半个月了没人联系我") or "")
    assert "已补充" in (open_item.says("张伟", "补充 001 空压机也停了") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("李建国") == ["urged_officer", "supplement_officer"]

    assert "已撤回" in (open_item.says("张伟", "撤回 001 自己修好了") or "")
    open_item.later(seconds=1)
    assert open_item.pushes_to("李建国") == ["withdrawn_officer"]
    assert open_item.item().state == "withdrawn"


def test_the_contact_corrects_the_category_and_the_item_finds_its_new_owner(open_item: Desk) -> None:
    reply = open_item.says("张伟", "改类 001 融资")
    open_item.later(seconds=1)

    assert "融资资金" in (reply or "")
    item = open_item.item()
    assert (item.category, item.lead.name, item.officer.name) == ("FINANCE", "金融工作办公室", "周敏")
    assert open_item.pushes_to("周敏") == ["dispatched_officer"]
    assert "可选：" in (open_item.says("张伟", "改类 001 月球") or "")
    assert "专人单独受理" not in (open_item.says("张伟", "改类 001 其他") or "")
    open_item.forget()


def test_rating_without_a_reason_asks_why_and_takes_the_answer(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 换了保险")
    open_item.later(seconds=1)
    open_item.forget()

    assert "哪里不满意" in (open_item.says("张伟", "不满意") or "")
    assert "就打了个电话" in (open_item.says("张伟", "就打了个电话说在研究") or "")
    open_item.later(seconds=1)

    assert open_item.item().rating_reason == "就打了个电话说在研究"
    assert open_item.pushes_to("李建国") == ["objected_officer", "objected_officer"]
    open_item.forget()


def test_thanks_never_reopen_anything(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "非常满意")
    open_item.says("林晓", "核实 001 通过")
    open_item.says("林晓", "销号 001")
    open_item.later(seconds=1)
    open_item.forget()

    assert "不客气" in (open_item.says("张伟", "谢谢李主任，辛苦了") or "")
    assert open_item.item().state == "closed"


def test_whoever_handled_an_item_never_closes_it_and_an_officer_cannot_at_all(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "满意")
    open_item.later(seconds=1)
    open_item.forget()

    assert "不是您这边能用的命令" in (open_item.says("李建国", "核实 001 通过") or "")
    assert "不是您这边能用的命令" in (open_item.says("李建国", "销号 001") or "")
    assert "不是您这边能用的命令" in (open_item.says("张伟", "销号 001") or "")
    assert "不能“销号”" in (open_item.says("林晓", "销号 001") or "")  # not verified yet
    assert open_item.item().state == "rated"


def test_verification_sends_back_with_a_reason(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 好了")
    open_item.says("张伟", "满意")
    open_item.later(seconds=1)
    open_item.forget()

    assert "请这样写" in (open_item.says("林晓", "核实 001 退回") or "")
    assert "已退回" in (open_item.says("林晓", "核实 001 退回 现场没有换设备") or "")
    open_item.later(seconds=1)

    assert (open_item.item().state, open_item.item().round) == ("handling", 2)
    assert open_item.pushes_to("李建国") == ["sent_back_officer"]
    assert open_item.pushes_to("张伟") == ["sent_back_contact"]


def test_reopening_keeps_the_number_and_adds_a_round(open_item: Desk) -> None:
    for who, said in (
        ("李建国", "办结 001 好了"),
        ("张伟", "满意"),
        ("林晓", "核实 001 通过"),
        ("林晓", "销号 001"),
    ):
        open_item.says(who, said)
    open_item.later(days=1)
    open_item.forget()

    assert "第 2 轮" in (open_item.says("林晓", "重开 001 又跳闸了") or "")
    open_item.later(seconds=1)

    item = open_item.item()
    assert (item.number, item.state, item.round) == ("20260928-001", "assigned", 2)
    assert open_item.pushes_to("李建国") == ["reopened_officer"]
    assert open_item.pushes_to("张伟") == ["reopened_contact"]


def test_two_items_become_one(open_item: Desk) -> None:
    open_item.says("陈晨", "园区停电，跳闸好几次了")
    open_item.later(minutes=2)
    open_item.forget()

    assert "已并入" in (open_item.says("林晓", "合并 002 001") or "")
    open_item.later(seconds=1)

    assert open_item.item("002").state == "merged"
    assert open_item.pushes_to("陈晨") == ["merged_contact"]
    open_item.forget()


def test_the_office_supervises_and_the_leader_instructs(open_item: Desk) -> None:
    open_item.says("林晓", "督办 001 今天必须到现场")
    open_item.says("马志远", "批示 001 请供电公司一周内解决")
    open_item.later(seconds=1)

    assert open_item.pushes_to("李建国") == ["supervised_officer", "instructed_officer"]
    assert open_item.pushes_to("刘卫东") == ["supervised_head"]
    assert open_item.pushes_to("林晓") == ["instructed_coordinator"]


def test_why_names_the_rule_of_every_decision(open_item: Desk) -> None:
    told = open_item.says("林晓", "为什么 001") or ""

    for rule in (
        "lexicon.toml: ",
        "owners.toml: lead UTILITY",
        "least loaded of 供电公司",
        "grade 2",
    ):
        assert rule in told
    assert "下次提醒 " in told


def test_a_wrong_word_gets_the_nearest_right_one(open_item: Desk) -> None:
    assert "您是不是想说“签收”" in (open_item.says("李建国", "签受 001") or "")
    assert "您是不是想说“超期”" in (open_item.says("林晓", "超起") or "")
    assert "没听懂" in (open_item.says("林晓", "今天天气不错啊朋友们") or "")


def test_an_officer_who_just_talks_is_offered_a_note(open_item: Desk) -> None:
    assert "要记成 20260928-001 的进展吗" in (open_item.says("李建国", "已对接，下周二现场看") or "")
    assert "进展 编号" in (open_item.says("周敏", "已对接，下周二现场看") or "")


def test_what_has_ended_is_refused_with_what_can_be_done(open_item: Desk) -> None:
    open_item.says("林晓", "不属职责 001 国网省公司 产权不在我市")
    open_item.later(seconds=1)
    open_item.forget()

    shown = open_item.says("林晓", "查 001") or ""
    assert "不属职责，已转出" in shown
    assert "国网省公司 产权不在我市" in shown
    for said in ("接着 001", "撤回 001", "满意 001"):
        refused = open_item.says("张伟", said) or ""
        assert "要再办，直接说是什么事就行" in refused, said
        assert "现在可以" not in refused, said
    assert "按新的事办" not in (open_item.says("张伟", "新的事 001") or "")
    assert "现在可以：重开" in (open_item.says("林晓", "督办 001 抓紧") or "")

    open_item.says("林晓", "重开 001 退回来了")
    assert "结果：" not in (open_item.says("林晓", "查 001") or "")
    assert "没有找到编号 777" in (open_item.says("林晓", "合并 001 777") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_a_refusal_says_what_is_waited_for(open_item: Desk) -> None:
    open_item.says("李建国", "办结 001 换了断路器")

    assert "正等企业评价" in (open_item.says("林晓", "销号 001") or "")
    assert "现在可以：满意、不满意" in (open_item.says("张伟", "撤回 001") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_short_numbers_that_two_days_share_are_asked_about(open_item: Desk) -> None:
    open_item.later(days=1)
    open_item.says("刘洋", "冷库老跳闸")
    open_item.later(minutes=2)
    open_item.forget()

    asked = open_item.says("李建国", "签收 001") or ""

    assert "有 2 件" in asked
    assert "20260928-001" in asked
    assert "20260929-001" in asked
    assert "已签收 20260929-001" in (open_item.says("李建国", "签收 20260929-001") or "")
    open_item.later(seconds=1)
    open_item.forget()


def test_nobody_learns_of_items_that_are_not_theirs(open_item: Desk) -> None:
    assert "没有找到" in (open_item.says("刘洋", "进度 001") or "")
    assert "没有找到" in (open_item.says("刘洋", "撤回 001") or "")
    assert "没有找到" in (open_item.says("周敏", "办结 001 冒名") or "")
    assert open_item.item().state == "assigned"


def test_the_office_reads_true_numbers(open_item: Desk) -> None:
    open_item.until("2026-10-14T10:00:00+08:00")
    open_item.forget()

    assert "超期 1/1 件" in (open_item.says("林晓", "超期") or "")
    assert "登记 1 = 在办 1 + 销号 0 + 撤回/不予受理/合并 0" in (open_item.says("林晓", "统计") or "")
    assert "未签收 1" in (open_item.says("林晓", "今日") or "")
    assert "收到 0" in (open_item.says("林晓", "本周") or "")
    assert "收到 0" in (open_item.says("林晓", "本月") or "")
    card = open_item.says("林晓", "查 001") or ""
    for part in ("龙源精密机械有限公司", "供电公司 李建国", "超 0.2 个工作日", "送达", "下次"):
        assert part in card
    assert "在办 1 件" in (open_item.says("林晓", "查 龙源") or "")


def test_an_officer_reports_for_an_enterprise(open_item: Desk) -> None:
    reply = open_item.says("王芳", "代报 鼎禾 走访了解到缺二十名分拣工")
    open_item.later(minutes=2)

    assert "已代 鼎禾食品有限公司 登记" in (reply or "")
    item = open_item.item("002")
    assert (item.enterprise.name, item.source, item.category) == ("鼎禾食品有限公司", "visit", "LABOR")
    open_item.forget()


@pytest.mark.parametrize("name", ["张伟", "李建国", "刘卫东", "林晓", "马志远", "方明", "沈正", "吴小满"])
def test_everybody_gets_help_made_from_the_table(desk: Desk, name: str) -> None:
    pages = [desk.says(name, "帮助") or ""]
    while more := re.search(r"还有：(帮助 \d)$", pages[-1]):
        pages.append(desk.says(name, more[1]) or "")

    assert "帮助 [词]：看这张表" in pages[-1]
    assert all(len(page.encode()) <= 2047 and not page.endswith("…") for page in pages)
    role = next(person.role for person in desk.everybody() if person.name == name)
    for command in COMMANDS:
        told = desk.service.texts.help[command.name]
        assert any(f"{told['usage']}：{told['line']}" in page for page in pages) == (role in command.roles)


def test_help_explains_one_word(desk: Desk) -> None:
    told = desk.says("林晓", "帮助 派单") or ""

    assert told.startswith("· 派单 N 部门")
    assert len(told.splitlines()) == 1
