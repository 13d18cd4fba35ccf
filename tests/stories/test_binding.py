"""Coming to speak for an enterprise, for several, for one no more: nobody by the code alone, everything noted."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import codes, scenes
from bot.people_import import import_files
from store import people, trail
from store.tables import Audit, Scene
from tests.desk import Desk

CREDIT = "91410300715267260X"
LONGYUAN, OTHER = "龙源精密机械有限公司", "鼎禾食品有限公司"


class Platform:
    """Draws codes, and remembers what they say."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        assert path == "qrcode/create"
        self.asked.append(body)
        return {"ticket": f"gQ{len(self.asked)}/=", "expire_seconds": body["expire_seconds"]}


def valid(fifteen: str) -> str:
    """A credit code that begins so, with its check digit."""
    return next(fifteen + sign for sign in codes.CREDIT if codes.credit_code(fifteen + sign))


LONGYUAN_CODE = valid("91410300715267260")


@pytest.fixture
def office(desk: Desk) -> Desk:
    """The office knows the credit code of one enterprise, and has a service account whose codes can be scanned."""
    desk.service = replace(desk.service, scannable=True)
    with desk.store.write() as session:
        (enterprise,) = people.enterprise_named(session, LONGYUAN)
        enterprise.credit_code = LONGYUAN_CODE
    return desk


def invited(desk: Desk, by: str = "林晓", enterprise: str = LONGYUAN) -> str:
    said = desk.says(by, f"邀请 {enterprise}") or ""
    found = re.search(r"绑定 ([0-9A-Z-]+)", said)
    assert found, said
    return found[1]


def shown(desk: Desk, words: str = f"二维码 {LONGYUAN}") -> str:
    """What the code says that somebody had made."""
    platform = Platform()
    desk.says("林晓", words)
    assert scenes.draw(desk.service, platform) == 1  # type: ignore[arg-type]
    desk.later(seconds=1)
    (told,) = [body for body in desk.bodies_to("林晓") if "showqrcode" in body]
    assert "ticket=gQ1%2F%3D" in told
    return str(platform.asked[0]["action_info"]["scene"]["scene_str"])


def scans(desk: Desk, name: str, scene: str, *, follows: bool = False) -> str:
    desk.clock.moment += timedelta(seconds=1)  # twice in one second is once, delivered again
    event = {"MsgType": "event", "Event": "subscribe" if follows else "SCAN"}
    return desk.says(name, **event, EventKey=f"qrscene_{scene}" if follows else scene, Ticket="t") or ""


def speaks_for(desk: Desk, name: str) -> list[str]:
    with desk.store.read() as session:
        known = people.identity(session, "oa", f"o_{name}")
        return [one.name for one in known.person.enterprises] if known else []


def noted(desk: Desk) -> list[str]:
    with desk.store.read() as session:
        assert trail.broken(session) is None
        return [row.action for row in session.query(Audit).order_by(Audit.seq)]


# ---------------------------------------------------------------- invitations


def test_an_invitation_made_in_chat_binds_once_within_seven_days(office: Desk) -> None:
    code = invited(office)

    assert "绑定成功" in (office.says("钱进", f"绑定 {code.lower()}") or "")
    assert "不能用" in (office.says("路人", f"绑定 {code}") or "")

    assert speaks_for(office, "钱进") == [LONGYUAN]
    assert noted(office) == ["invite", "bind", "code_refused"]


def test_wrong_used_and_expired_get_the_same_answer(office: Desk) -> None:
    used, old = invited(office), invited(office)
    office.says("钱进", f"绑定 {used}")
    office.says("路人", "你好")
    office.clock.moment += timedelta(days=7)

    answers = {office.says("路人", f"绑定 {code}") for code in (used, old, "00000000", "绑定码")}

    assert len(answers) == 1
    assert speaks_for(office, "路人") == []


def test_after_five_wrong_codes_in_an_hour_a_right_one_is_refused_too(office: Desk) -> None:
    code = invited(office)
    office.says("路人", "你好")
    wrong = {office.says("路人", f"绑定 WRONG{n}") for n in range(5)}

    assert {office.says("路人", f"绑定 {code}")} == wrong
    office.later(hours=1, seconds=1)
    assert "绑定成功" in (office.says("路人", f"绑定 {code}") or "")


def test_a_slip_of_the_finger_does_not_count(office: Desk) -> None:
    code = invited(office).replace("-", "")
    slip = code[:-1] + next(sign for sign in codes.CROCKFORD if sign != code[-1])

    for _ in range(9):
        office.says("钱进", f"绑定 {slip}")

    assert "绑定成功" in (office.says("钱进", f"绑定 {code}") or "")


def test_an_officer_invites_for_his_own_enterprises_only(office: Desk) -> None:
    with office.store.read() as session:
        (enterprise,) = people.enterprise_named(session, LONGYUAN)
        assert enterprise.bound_officer is not None
        bound = enterprise.bound_officer.name
    other = next(name for name in ("李建国", "周敏", "何静") if name != bound)

    assert invited(office, bound)
    assert "不是您挂点的企业" in (office.says(other, f"邀请 {LONGYUAN}") or "")
    assert "绑定" not in (office.says("张伟", f"邀请 {LONGYUAN}") or "")


def test_an_unknown_one_reports_all_the_same_and_is_bound_later(office: Desk) -> None:
    assert "未核实" in (office.says("钱进", "我们厂又跳闸了，这周第三次") or "")

    office.says("钱进", f"绑定 {invited(office)}")

    assert office.item("001").enterprise.name == LONGYUAN
    office.later(minutes=2)
    office.forget()


# ---------------------------------------------------------------- codes to scan


@pytest.mark.parametrize("follows", [True, False])
def test_a_scanned_code_binds_after_the_second_proof_only(office: Desk, follows: bool) -> None:
    said = scans(office, "钱进", shown(office), follows=follows)

    assert LONGYUAN not in said
    assert "龙源＊＊" in said
    assert speaks_for(office, "钱进") == []
    assert LONGYUAN in (office.says("钱进", LONGYUAN_CODE[-4:].lower()) or "")
    assert speaks_for(office, "钱进") == [LONGYUAN]
    assert noted(office) == ["scene", "claim", "bind"]


def test_the_number_the_cadre_has_on_file_proves_it_too(office: Desk) -> None:
    scans(office, "钱进", shown(office, f"二维码 {LONGYUAN} 139 1234 5678"))

    assert "绑定成功" in (office.says("钱进", "5678") or "")
    with office.store.read() as session:
        assert "5678" not in str([row.tail_index for row in session.query(Scene)])


def test_three_wrong_proofs_spend_the_code(office: Desk) -> None:
    scene = shown(office)
    scans(office, "路人", scene)

    said = [office.says("路人", proof) or "" for proof in ("1111", "2222", "3333")]

    assert ["还可以试 2 次" in said[0], "还可以试 1 次" in said[1], "作废" in said[2]] == [True] * 3
    assert "已经有人用过" in scans(office, "路人", scene)
    assert "绑定成功" not in (office.says("路人", LONGYUAN_CODE[-4:]) or "")
    assert speaks_for(office, "路人") == []


def test_a_second_one_who_scans_is_told_that_it_was_used(office: Desk) -> None:
    """I: a used scene says so to the second one"""
    scene = shown(office)
    scans(office, "钱进", scene)

    assert "已经有人用过" in scans(office, "路人", scene)
    assert "核对" in scans(office, "钱进", scene)


def test_an_unknown_and_an_old_code_say_so(office: Desk) -> None:
    """I: a scene that is unknown or expired says so"""
    scene = shown(office)
    assert "不是我们的" in scans(office, "路人", "0" * 32)
    office.clock.moment += timedelta(days=7)

    assert "过期" in scans(office, "路人", scene)
    assert "连心桥" in scans(office, "新来的", "bind_business_12345", follows=True)


def test_who_speaks_for_another_enterprise_gets_one_more(office: Desk) -> None:
    """I: a scan by somebody of another enterprise adds this one"""
    said = scans(office, "刘洋", shown(office))
    own = speaks_for(office, "刘洋")

    assert own[0] in said
    office.says("刘洋", LONGYUAN_CODE[-4:])
    assert set(speaks_for(office, "刘洋")) == {*own, LONGYUAN}


def test_who_speaks_for_it_already_needs_nothing(office: Desk) -> None:
    assert "已经绑定" in scans(office, "张伟", shown(office))


def test_without_a_service_account_there_is_nothing_to_scan(desk: Desk) -> None:
    assert "邀请" in (desk.says("林晓", f"二维码 {LONGYUAN}") or "")


# ---------------------------------------------------------------- somebody's word


def asked(desk: Desk, name: str) -> str:
    """The number of the claim this person was asked about."""
    told = [body for body in desk.bodies_to(name) if "同意绑定" in body]
    found = re.search(r"同意绑定 (\d+)", told[-1]) if told else None
    assert found, told
    return found[1]


@pytest.mark.parametrize("by", ["张伟", "林晓"])
def test_who_has_no_proof_is_confirmed_by_a_colleague_or_the_office(office: Desk, by: str) -> None:
    scans(office, "钱进", shown(office))
    office.says("钱进", "请人确认")
    office.later(seconds=1)

    said = office.says(by, f"同意绑定 {asked(office, by)}") or ""

    assert LONGYUAN in said
    assert speaks_for(office, "钱进") == [LONGYUAN]
    office.later(hours=2)
    office.forget()


def test_nobody_else_confirms_and_nobody_confirms_himself(office: Desk) -> None:
    scans(office, "钱进", shown(office))
    office.says("钱进", "请人确认")
    office.later(seconds=1)
    number = asked(office, "林晓")

    answers = {office.says(name, f"同意绑定 {number}") for name in ("刘洋", "钱进")}
    assert len(answers) == 1
    assert speaks_for(office, "钱进") == []

    office.says("林晓", f"不同意绑定 {number}")
    assert "没有您能确认" in (office.says("林晓", f"同意绑定 {number}") or "")
    assert speaks_for(office, "钱进") == []
    office.later(hours=2)
    office.forget()


def test_a_credit_code_finds_the_enterprise_and_proves_nothing(office: Desk) -> None:
    unknown = valid("91410300715267999")

    for name in ("钱进", "路人"):
        office.says(name, "隐私")
    known = office.says("钱进", f"绑定 {LONGYUAN_CODE}") or ""

    assert office.says("路人", f"绑定 {unknown}") == known
    assert LONGYUAN not in known
    assert speaks_for(office, "钱进") == []
    office.later(seconds=1)
    office.says("林晓", f"同意绑定 {asked(office, '林晓')}")
    assert speaks_for(office, "钱进") == [LONGYUAN]
    office.later(hours=2)
    office.forget()


def test_a_letter_for_a_digit_is_suggested_and_not_taken(office: Desk) -> None:
    meant = next(code for n in range(100, 999) if "0" in (code := valid(f"91410300715267{n}")))
    said = office.says("钱进", f"绑定 {meant.replace('0', 'O')}") or ""

    assert meant in said
    assert "校验位不符" in said
    assert "校验位不符" in (office.says("钱进", "绑定 9144030071526726X1") or "")


# ---------------------------------------------------------------- several


@pytest.fixture
def both(office: Desk) -> Desk:
    """Zhang Wei speaks for two."""
    office.says("张伟", f"绑定 {invited(office, enterprise=second(office))}")
    return office


def second(desk: Desk) -> str:
    with desk.store.read() as session:
        known = people.identity(session, "oa", "o_刘洋")
        assert known is not None
        return known.person.enterprises[0].name


def test_a_report_is_for_the_enterprise_that_is_named_or_else_the_last_and_says_which(both: Desk) -> None:
    other = second(both)

    first = both.says("张伟", f"{other[:4]}的员工宿舍漏水了") or ""
    both.later(minutes=3)
    both.says("张伟", "招不到焊工，急缺二十个")

    assert f"企业：{other}" in first
    assert [both.item(number).enterprise.name for number in ("001", "002")] == [other, other]
    both.says("张伟", "换企业 002 龙源")
    assert both.item("002").enterprise.name == LONGYUAN
    both.later(minutes=3)
    both.says("张伟", "技改补贴到现在没到账")
    assert both.item("003").enterprise.name == LONGYUAN
    both.later(minutes=3)
    both.forget()


def test_who_speaks_for_one_is_told_nothing_about_it(office: Desk) -> None:
    assert "企业：" not in (office.says("张伟", "招不到焊工，急缺二十个") or "")
    office.later(minutes=2)
    office.forget()


def test_which_one_is_asked_where_it_is_not_clear(both: Desk) -> None:
    assert "请带上企业" in (both.says("张伟", "解绑") or "")
    assert len(speaks_for(both, "张伟")) == 2


# ---------------------------------------------------------------- parting


def with_colleague(desk: Desk) -> Desk:
    desk.says("钱进", f"绑定 {invited(desk)}")
    with desk.store.write() as session:
        known = people.identity(session, "oa", "o_钱进")
        assert known is not None
        known.person.name = "钱进"
    desk.says("张伟", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    desk.forget()
    return desk


def test_who_parts_leaves_what_is_open_to_a_colleague(office: Desk) -> None:
    with_colleague(office)

    said = office.says("张伟", "解绑") or ""

    assert "钱进" in said
    assert speaks_for(office, "张伟") == []
    assert office.item("001").enterprise.name == LONGYUAN
    assert office.item("001").contact.name == "钱进"
    assert "未核实" in (office.says("张伟", "招不到焊工，急缺二十个") or "")
    office.later(hours=2)
    office.forget()


def test_the_last_one_who_parts_leaves_a_call_to_make(office: Desk) -> None:
    office.says("张伟", "我们厂又跳闸了，这周第三次")
    office.later(minutes=2)
    office.forget()

    assert "打电话" in (office.says("张伟", f"解绑 {LONGYUAN}") or "")

    office.later(seconds=1)
    assert "contact_lost" in office.pushes_to("林晓")
    office.forget()


def test_the_office_parts_somebody(office: Desk) -> None:
    with_colleague(office)

    office.says("林晓", f"解绑 张伟 {LONGYUAN}")

    assert speaks_for(office, "张伟") == []
    assert "钱进" in (office.says("林晓", f"联系人 {LONGYUAN}") or "")
    office.later(hours=2)
    office.forget()


def test_what_is_open_is_handed_to_a_colleague_by_name(office: Desk) -> None:
    with_colleague(office)

    assert "1 件移交给 钱进" in (office.says("张伟", "移交 钱进") or "")

    assert office.item("001").contact.name == "钱进"
    assert speaks_for(office, "张伟") == [LONGYUAN]
    office.later(seconds=1)
    assert "contact_taken_over" in office.pushes_to("钱进")
    office.says("李建国", "签收 001")
    office.later(hours=2)
    assert [key for key in office.pushes_to("钱进") if "sign" in key]
    assert "hand_over" in noted(office)
    office.forget()


def test_or_to_whoever_types_the_code(office: Desk) -> None:
    office.says("张伟", "我们厂又跳闸了，这周第三次")
    office.later(minutes=2)
    office.forget()
    found = re.search(r"绑定 ([0-9A-Z-]+)", office.says("张伟", "移交") or "")
    assert found

    assert "20260928-001" in (office.says("孙来", f"绑定 {found[1]}") or "")

    with office.store.read() as session:
        known = people.identity(session, "oa", "o_孙来")
        assert known is not None
        assert office.item("001").contact.id == known.person_id
    office.later(hours=2)
    office.forget()


def test_a_telephone_number_of_an_import_is_sealed_and_proves(office: Desk, tmp_path: Any) -> None:
    (tmp_path / "people.csv").write_text(
        f"key,name,role,enterprises,phone\nzhou,周老板,contact,{LONGYUAN},13800009876\n", encoding="utf-8"
    )
    with office.store.write() as session:
        import_files(session, [tmp_path / "people.csv"])

    scans(office, "钱进", shown(office))

    assert "绑定成功" in (office.says("钱进", "9876") or "")
