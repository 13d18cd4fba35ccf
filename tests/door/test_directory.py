"""Who is who in WeCom changes: whoever leaves, is disabled, or is taken out of the application loses every right at
once, on every account; whoever gets another user id keeps them."""

import pytest

from tests.desk import Desk
from tests.door.test_wecom import Corp, in_directory, only_in_directory

NOT_YOURS = "不是您这边能用的命令"
HOW = {
    "deleted": {"ChangeType": "delete_user"},
    "disabled": {"ChangeType": "update_user", "Status": 2},
    "has quit": {"ChangeType": "update_user", "Status": 5},
}


@pytest.fixture
def corp(desk: Desk) -> Corp:
    return Corp(desk)


def changes(corp: Corp, user: str, **what: object) -> None:
    """The platform tells what has changed in the directory."""
    told = {"MsgType": "event", "Event": "change_contact", "UserID": user, **what}
    answer = corp.post({"ToUserName": "ww0000000000000001", "FromUserName": "sys", "CreateTime": corp.at, **told})
    assert (answer.status_code, answer.data) == (200, b"")


def goes(corp: Corp, user: str, how: str) -> None:
    if how == "out of range":
        corp.event(user, "unsubscribe")
    else:
        changes(corp, user, **HOW[how])


@pytest.mark.parametrize("how", [*HOW, "out of range"])
def test_whoever_goes_loses_every_right_at_once(desk: Desk, corp: Corp, how: str) -> None:
    only_in_directory(desk, "林晓", "linxiao")
    assert "活动办命令" in corp.says("linxiao", "帮助")

    goes(corp, "linxiao", how)

    assert NOT_YOURS in corp.says("linxiao", "统计")
    desk.forget()


@pytest.mark.parametrize("how", [*HOW, "out of range"])
def test_another_account_is_no_way_back_in(desk: Desk, corp: Corp, how: str) -> None:
    in_directory(desk, "李建国", "lijianguo")
    assert "手上没有在办的事项" in (desk.says("李建国", "待办") or "")

    goes(corp, "lijianguo", how)

    assert NOT_YOURS in (desk.says("李建国", "待办") or "")
    desk.forget()


@pytest.mark.parametrize(
    "what",
    [
        {"ChangeType": "update_user", "Status": 1},
        {"ChangeType": "update_user", "Mobile": "13800000000"},
        {"ChangeType": "create_user"},
        {"ChangeType": "update_tag", "TagId": 1},
    ],
    ids=["enabled", "telephone", "new", "tag"],
)
def test_what_is_not_about_rights_changes_none(desk: Desk, corp: Corp, what: dict[str, object]) -> None:
    only_in_directory(desk, "李建国", "lijianguo")

    changes(corp, "lijianguo", **what)

    assert "手上没有在办的事项" in corp.says("lijianguo", "待办")


def test_whoever_gets_another_user_id_stays_who_they_are(desk: Desk, corp: Corp) -> None:
    only_in_directory(desk, "李建国", "lijianguo")

    changes(corp, "lijianguo", ChangeType="update_user", NewUserID="li.jianguo")

    assert "手上没有在办的事项" in corp.says("li.jianguo", "待办")
    assert NOT_YOURS in corp.says("lijianguo", "待办")  # that id is nobody's now
    desk.forget()


def test_a_user_id_that_belongs_to_somebody_else_is_not_taken_over(desk: Desk, corp: Corp) -> None:
    only_in_directory(desk, "李建国", "lijianguo")
    only_in_directory(desk, "林晓", "linxiao")

    changes(corp, "lijianguo", ChangeType="update_user", NewUserID="linxiao")

    assert "活动办命令" in corp.says("linxiao", "帮助")
    assert "手上没有在办的事项" in corp.says("lijianguo", "待办")


def test_an_office_with_wecom_alone_goes_from_report_to_close(desk: Desk) -> None:
    """Contacts of companies, too, are members there; nobody has an openid."""
    desk.phones.ways = ("wecom",)
    users = {"张伟": "zhangwei", "李建国": "lijianguo", "林晓": "linxiao", "陈立": "chenli", "刘卫东": "liuweidong"}
    for name, user in users.items():
        only_in_directory(desk, name, user)
    corp = Corp(desk)

    assert "已收到，编号 20260928-001" in corp.says("zhangwei", "我们厂又跳闸了，这周第三次")
    desk.later(minutes=2)
    corp.says("lijianguo", "签收 001")
    corp.says("lijianguo", "进展 001 已到现场")
    corp.says("lijianguo", "办结 001 变压器已更换，送电正常")
    desk.later(hours=2)
    assert "谢谢评价" in corp.says("zhangwei", "满意")
    desk.later(seconds=1)
    assert "核实通过" in corp.says("linxiao", "核实 001 通过")
    assert "已销号" in corp.says("linxiao", "销号 001")
    desk.later(hours=2)

    assert desk.item().state == "closed"
    assert {body["channel"] for body in desk.phones.sent} == {"wecom"}
    assert {body["touser"] for body in desk.phones.sent} >= {"zhangwei", "lijianguo", "linxiao"}
    desk.forget()
