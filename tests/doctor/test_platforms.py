"""What the doctor finds at the platforms: each fault has a line that says what is missing and where it is mended."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import commands
from bot.doctor.case import address_in
from bot.menu import Menus
from store import people
from tests.doctor.world import World

IP = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6a-1"
TRUSTED = (
    "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/"
)


def test_a_whole_deployment_passes(whole: World) -> None:
    found = whole.find()

    assert [told for told in found.values() if told.startswith("缺")] == []
    passed = {key for key, told in found.items() if told.startswith("通过")}
    doors = {"door_good", "oa_menu_good", "wecom_menu_good", "template_good"}
    assert passed >= doors | {"oa_token_good", "wecom_token_good", "wecom_agent_good", "members_good"}
    assert "/wechat/oa" in found["door_good"]
    assert "/wechat/wecom" in found["door_good"]


def refuse_token(code: int, said: str = "refused") -> Callable[[World], None]:
    return lambda whole: whole.faults.order("stable_token", {"errcode": code, "errmsg": said}, 9)


def refuse_corp_token(code: int) -> Callable[[World], None]:
    return lambda whole: whole.faults.order("gettoken", {"errcode": code}, 9)


def refuse(call: str, code: int, said: str = "refused") -> Callable[[World], None]:
    return lambda whole: whole.console.refusals.update({call: (code, said)})


def no_menu(whole: World) -> None:
    whole.console.menus.clear()


def other_menu(whole: World) -> None:
    whole.console.menus[False] = [{"type": "click", "name": "今日", "key": "V1001"}]


def other_fields(whole: World) -> None:
    whole.console.templates["template-1"] = "{{first.DATA}} {{thing2.DATA}} {{phrase9.DATA}}"


def unseen(whole: World) -> None:
    whole.console.members.clear()


def disabled(whole: World) -> None:
    whole.console.members["lijianguo"] = 2


def unfinished(whole: World) -> None:
    del whole.console.members["linxiao"]


def closed(whole: World) -> None:
    whole.console.closed = True


def other_template(whole: World) -> None:
    whole.environ["LIANXIN_OA_TEMPLATE_ID"] = "template-9"


def token_changed(whole: World) -> None:
    whole.environ["LIANXIN_OA_TOKEN"] = "another-token-of-16-letters"


def corp_changed(whole: World) -> None:
    whole.environ["LIANXIN_WECOM_CORPID"] = "ww0000000000000009"


def agent_changed(whole: World) -> None:
    whole.environ["LIANXIN_WECOM_AGENTID"] = "1000009"


def moved_away(whole: World) -> None:
    whole.environ["LIANXIN_PUBLIC_URL"] = f"{whole.base}/elsewhere"


def unreachable(whole: World) -> None:
    whole.environ["LIANXIN_PUBLIC_URL"] = "https://127.0.0.1:1"


@pytest.mark.parametrize(
    ("fault", "key", "said"),
    [
        (refuse_token(40164, IP), "oa_ip", ("203.0.113.7", "API IP 白名单", "基本配置 → IP白名单")),
        (refuse_token(40164), "oa_ip_unnamed", ("40164", "白名单")),
        (refuse_token(40125), "oa_secret", ("LIANXIN_OA_SECRET", "开发密钥")),
        (refuse_token(40001), "oa_secret", ("LIANXIN_OA_SECRET",)),
        (refuse_token(40013), "oa_appid", ("LIANXIN_OA_APPID", "基础信息")),
        (refuse_token(40243), "oa_frozen", ("冻结",)),
        (refuse_token(89503), "oa_confirm", ("管理员",)),
        (refuse_token(-1), "platform_busy", ("-1",)),
        (refuse_token(45009), "platform_busy", ("45009",)),
        (refuse_token(77777), "platform_refused", ("77777",)),
        (lambda whole: whole.faults.order("stable_token", {"http": 502}, 9), "platform_silent", ("HTTP 502",)),
        (lambda whole: whole.faults.order("stable_token", {"drop": True}, 9), "platform_silent", ("连不上",)),
        (other_template, "template_absent", ("LIANXIN_OA_TEMPLATE_ID", "模板消息")),
        (other_fields, "template_fields", ("character_string1", "phrase9", "template.toml")),
        (refuse("template", 48001), "oa_permission", ("接口权限",)),
        (no_menu, "oa_menu_absent", ("doctor --fix",)),
        (no_menu, "wecom_menu_absent", ("doctor --fix",)),
        (other_menu, "oa_menu_other", ("menu.toml",)),
        (token_changed, "door_refused", ("/wechat/oa", "403", "重启 serve")),
        (moved_away, "door_absent", ("404", "nginx")),
        (unreachable, "door_silent", ("443",)),
        (refuse_corp_token(40001), "wecom_secret", ("LIANXIN_WECOM_SECRET", "Secret")),
        (refuse_corp_token(40013), "wecom_corp", ("企业ID",)),
        (corp_changed, "door_refused", ("/wechat/wecom",)),
        (agent_changed, "wecom_agent", ("AgentId",)),
        (refuse("agent/get", 60020, TRUSTED), "wecom_ip", ("203.0.113.7", "企业可信IP", "接收消息")),
        (closed, "wecom_closed", ("停用",)),
        (unseen, "wecom_unseen", ("可见范围",)),
        (unfinished, "members_unseen", ("林晓", "可见范围")),
        (disabled, "members_idle", ("李建国", "通讯录")),
        (refuse("user/get", 60020, TRUSTED), "wecom_ip", ("203.0.113.7",)),
    ],
)
def test_a_fault_is_named_with_its_place(
    whole: World, fault: Callable[[World], None], key: str, said: tuple[str, ...]
) -> None:
    fault(whole)

    missing = whole.missing()

    assert key in missing
    assert [part for part in said if part not in missing[key]] == []


def test_what_hangs_on_a_token_is_not_looked_at_without_one(whole: World) -> None:
    refuse_token(40125)(whole)

    found = whole.find()

    assert set(found) & {"template_good", "oa_menu_good"} == set()
    assert "服务号模板没查" in found["not_looked"]
    assert "服务号菜单没查" in found["not_looked"]
    assert "wecom_menu_good" in found


def test_fix_makes_the_menus_and_a_second_look_finds_them(whole: World) -> None:
    other_menu(whole)
    del whole.console.menus[True]

    made = whole.find(fix=True)

    assert {"oa_menu_made", "wecom_menu_made"} <= set(made)
    assert {"oa_menu_good", "wecom_menu_good"} <= set(whole.find())


def test_without_fix_nothing_is_changed(whole: World) -> None:
    no_menu(whole)

    whole.find()

    assert whole.console.menus == {}


def test_a_menu_that_the_platform_does_not_take_is_said(whole: World) -> None:
    no_menu(whole)
    refuse("menu/create", 40018)(whole)

    assert "40018" in whole.missing(fix=True)["platform_refused"]


@pytest.mark.parametrize(("side", "other"), [("OA", "wecom"), ("WECOM", "oa")])
def test_an_office_with_one_account_is_asked_about_that_one_only(whole: World, side: str, other: str) -> None:
    for name in [name for name in whole.environ if name.startswith("LIANXIN_") and f"_{other.upper()}_" in name]:
        del whole.environ[name]
    _reach_everybody(whole, other)
    whole.asked.clear()

    found = whole.find()

    assert [key for key in found if key.startswith(other)] == []
    assert {key for key, told in found.items() if told.startswith("缺")} == set()
    assert not any(f"/wechat/{other}" in url for url in whole.asked)
    assert f"{side.lower()}_token_good" in found


def _reach_everybody(whole: World, gone: str) -> None:
    """Whoever had an account on the channel that is not there has one on the other."""
    to = "oa" if gone == "wecom" else "wecom"
    with whole.service.store.write() as session:
        for person in people.everybody(session):
            for identity in people.identities_of(session, person):
                if identity.channel == gone:
                    identity.channel = to
                    whole.console.members.setdefault(people.account_of(session, identity), 1)


def test_a_clock_that_is_off_is_noticed_by_the_answers_of_the_platform(whole: World) -> None:
    assert "clock_off" in whole.find(now=whole.now + timedelta(seconds=90))
    assert "微信平台" in whole.missing(now=whole.now - timedelta(minutes=9))["clock_wrong"]


@pytest.mark.parametrize(
    ("said", "address"),
    [(IP, "203.0.113.7"), (TRUSTED, "203.0.113.7"), ("rid: 1.2", ""), ("from ip: 999.1.1.1", ""), ("", "")],
)
def test_the_address_is_the_one_the_platform_names(said: str, address: str) -> None:
    assert address_in(said) == address


def test_every_button_of_the_menus_is_a_command_of_somebody_who_sees_it() -> None:
    menus = Menus.load().by_channel
    roles = {"oa": commands.EVERYBODY, "wecom": commands.STAFF}

    for channel, buttons in menus.items():
        keys = [one.key for button in buttons for one in (button, *button.below) if one.key]
        mine = {word for command in commands.COMMANDS if command.roles & roles[channel] for word in command.words}
        assert keys
        assert [key for key in keys if key.split()[0] not in mine] == []
