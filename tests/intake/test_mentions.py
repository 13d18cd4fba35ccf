"""What a report names is found where it stands, and nobody's telephone number stays readable."""

import re
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import mentions as room
from intake.mentions import load
from store.facts import FactError

READER = load()
mentions, masked, visited = READER.mentions, READER.masked, READER.visited

MONDAY = date(2026, 9, 28)


def named(kind: str, text: str) -> list[str]:
    return [each.text for each in mentions(text, MONDAY) if each.kind == kind]


def worth(kind: str, text: str) -> list[str]:
    return [each.value for each in mentions(text, MONDAY) if each.kind == kind]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话13812345678", ["13812345678"]),
        ("打138-1234-5678", ["13812345678"]),
        ("打138 1234 5678吧", ["13812345678"]),
        ("打138 123 45678", ["13812345678"]),
        ("打1381234 5678", ["13812345678"]),
        ("+8613812345678", ["13812345678"]),
        ("+86 138 1234 5678", ["13812345678"]),
        ("0086-13812345678", ["13812345678"]),
        ("８６１３８１２３４５６７８", ["13812345678"]),
        ("手机１３８１２３４５６７８。", ["13812345678"]),
        ("13812345678/13912345678", ["13812345678", "13912345678"]),
        ("13812345678 13912345678", ["13812345678", "13912345678"]),
        ("手机13812345678元旦前联系", ["13812345678"]),
        ("微信wx13812345678", ["13812345678"]),
        ("座机0391-6630000", ["03916630000"]),
        ("座机0391 6630000转801", ["03916630000"]),
        ("座机03916630000", ["03916630000"]),
        ("(0391)6630000", ["03916630000"]),
        ("(010) 88888888", ["01088888888"]),
        ("（010）8888 8888", ["01088888888"]),
        ("0371—65506550", ["037165506550"]),
        ("+86 10 88888888", ["861088888888"]),
        ("客服400-123-4567", ["4001234567"]),
        ("客服4001234567", ["4001234567"]),
        ("客服800 820 8820", ["8008208820"]),
        ("客服4008-123-123", ["4008123123"]),
        ("编号20260928-001", []),
        ("订单号4001234567", []),
        ("编号：03916630000", []),
        ("身份证41088119800101123X", []),
        ("身份证410881198001011234", []),
        ("卡6222021234567890123", []),
        ("卡6222 0212 3456 7890 123", []),
        ("注册资本13800138000元", []),
        ("订单2026092813800138000", []),
        ("23812345678", []),
        ("1381234567", []),
        ("2026-09-28", []),
        ("021-12345678", []),
        ("12345热线和110", []),
        ("5000000000元", []),
    ],
)
def test_a_telephone_number_is_told_from_other_digits(text, found):
    assert worth("phone", text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("缺三百二十多万", "3200000"),
        ("投了1.8亿", "180000000"),
        ("罚了两千块", "2000"),
        ("欠五百块钱", "500"),
        ("尾款四万二", "42000"),
        ("押金三十一万八，", "318000"),
        ("补十二万五", "125000"),
        ("一亿三千万", "130000000"),
        ("1亿2000万", "120000000"),
        ("3千5百万", "35000000"),
        ("3万5", "35000"),
        ("借3.5w", "35000"),
        ("500余万元", "5000000"),
        ("3000多元", "3000"),
        ("三十六万零五百元", "360500"),
        ("一百零六万", "1060000"),
        ("一点八亿", "180000000"),
        ("500000元", "500000"),
        ("3,200元", "3200"),
        ("￥3,000", "3000"),
        ("¥1.2万", "12000"),
        ("５００万元", "5000000"),
        ("叁佰万元", "3000000"),
        ("三百萬", "3000000"),
        ("差七八万", "70000"),
        ("十几万", "100000"),
        ("上千万", "10000000"),
        ("一块二", "1"),
        ("八块五毛", "9"),
        ("租金三万一年", "30000"),
        ("补五万三个月了", "50000"),
        ("五百万只到账", "5000000"),
        ("几十万", ""),
        ("数百万元", ""),
        ("五万美元", ""),
        ("九万六美金", ""),
    ],
)
def test_a_sum_is_told_in_yuan(text, value):
    assert worth("amount", text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "再要一块地",
            "三块玻璃",
            "五十块砖",
            "葡萄八万斤",
            "库存十二万件",
            "两万台",
            "十万火急",
            "千万别停",
            "万一停电",
        ),
        *(
            "3单元",
            "2026元旦",
            "三百二十人",
            "一刀切",
            "三楼",
            "20260928-001",
            "两万度电",
            "三万平",
            "多元化",
            "上万",
            "",
        ),
        *("每个月五千度", "6000", "一来二去", "几次", "成千上万", "13812345678", "三相电", "一起"),
    ],
)
def test_a_number_of_something_else_is_no_sum(text):
    assert named("amount", text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("明天", "2026-09-29"),
        ("后天", "2026-09-30"),
        ("大后天", "2026-10-01"),
        ("昨晚停的", "2026-09-27"),
        ("前天", "2026-09-26"),
        ("本月15号", "2026-09-15"),
        ("下个月5号", "2026-10-05"),
        ("上个月28号", "2026-08-28"),
        ("15号前", "2026-10-15"),
        ("30号之前", "2026-09-30"),
        ("十五号到期", "2026-10-15"),
        ("20日验收", "2026-10-20"),
        ("下周三", "2026-10-07"),
        ("下下周一", "2026-10-12"),
        ("周五", "2026-10-02"),
        ("周一", "2026-09-28"),
        ("上周二", "2026-09-22"),
        ("礼拜天", "2026-10-04"),
        ("星期3", "2026-09-30"),
        ("月底", "2026-09-30"),
        ("下月底", "2026-10-31"),
        ("这个月月底", "2026-09-30"),
        ("十月底交货", "2026-10-31"),
        ("年底", "2026-12-31"),
        ("去年底", "2025-12-31"),
        ("明年年底", "2027-12-31"),
        ("2027年底", "2027-12-31"),
        ("10月8日", "2026-10-08"),
        ("十月八号", "2026-10-08"),
        ("1月5日", "2027-01-05"),
        ("去年3月1日", "2025-03-01"),
        ("2026年9月28日", "2026-09-28"),
        ("26年9月28日", "2026-09-28"),
        ("二〇二六年十月八日", "2026-10-08"),
        ("2026-10-08", "2026-10-08"),
        ("2026.10.8", "2026-10-08"),
        ("三天内", "2026-10-01"),
        ("15天之内", "2026-10-13"),
        ("两周后", "2026-10-12"),
        ("一个月内", "2026-10-28"),
        ("十天前", "2026-09-18"),
        ("国庆前", ""),
        ("春节前", ""),
        ("周末", ""),
        ("三个工作日内", ""),
        ("48小时内", ""),
        ("半个月内", ""),
        ("2月30日", ""),
    ],
)
def test_a_day_is_counted_from_today(text, value):
    assert worth("date", text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3号楼",
            "15号门",
            "2号线",
            "3号厂房",
            "科技路18号",
            "第5号",
            "一周三次",
            "每周三",
            "一个礼拜三趟",
            "周到",
        ),
        *(
            "下周一定来",
            "五一路",
            "国庆路",
            "20260928-001",
            "四周",
            "周围",
            "十年底薪",
            "今后",
            "以前",
            "生日",
            "近日",
            "每月15号",
            "10栋",
            "1.5米",
        ),
        *("前门", "三天两头", "三个月没发", "半年没来", "月薪八千", "一年拖一年", "日产三百吨", ""),
    ],
)
def test_what_only_looks_like_a_day_is_none(text):
    assert named("date", text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("今天走访龙源精密机械有限公司，企业反映缺人", ["龙源精密机械有限公司"]),
        ("我们是济源市中科食品有限责任公司", ["济源市中科食品有限责任公司"]),
        ("到鼎禾食品厂走访", ["鼎禾食品厂"]),
        ("刚从方升化学公司出来", ["方升化学公司"]),
        ("玉泉合作社反映没水", ["玉泉合作社"]),
        ("企业：富民农业专业合作社", ["富民农业专业合作社"]),
        ("東方酒店管理有限公司欠我們錢", ["東方酒店管理有限公司"]),
        ("解决梵高艺术环境公司工业垃圾清运", ["梵高艺术环境公司"]),
        ("济源和美超市和鼎禾农场都没电", ["济源和美超市", "鼎禾农场"]),
        ("济源钢铁集团有限公司第一分公司", ["济源钢铁集团有限公司第一分公司"]),
        ("金马能源集团扩产", ["金马能源集团"]),
        ("联系丰源机械厂", ["丰源机械厂"]),
        ("金谷面粉厂停电", ["金谷面粉厂"]),
        ("明珠酒店漏水", ["明珠酒店"]),
        ("给龙源（济源）科技有限公司供货", ["龙源（济源）科技有限公司"]),
        ("欠鼎禾商贸有限公司货款", ["鼎禾商贸有限公司"]),
        ("华为公司也来了", ["华为公司"]),
        ("美的集团要来", ["美的集团"]),
        ("龙源物业不管", ["龙源物业"]),
        ("康泰医院要扩建", ["康泰医院"]),
        ("方圆材料研究院", ["方圆材料研究院"]),
        ("鼎新农机研究所", ["鼎新农机研究所"]),
        ("宏达商行没人管", ["宏达商行"]),
        ("绿源家庭农场", ["绿源家庭农场"]),
        ("济源供销股份公司", ["济源供销股份公司"]),
        ("XX公司反映", ["XX公司"]),
        ("那家龙源机械有限公司", ["龙源机械有限公司"]),
        ("我们公司没电", []),
        ("贵公司", []),
        ("本公司", []),
        ("我厂停产", []),
        ("这家厂", []),
        ("那家喷塑厂味道大", []),
        ("供电公司不来", []),
        ("国网济源供电公司", []),
        ("自来水公司", []),
        ("物业公司", []),
        ("担保公司不接", []),
        ("隔壁公司", []),
        ("老厂搬迁", []),
        ("化工厂", []),
        ("食品厂要环评", []),
        ("厂房漏水", []),
        ("工厂门口", []),
        ("县医院", []),
        ("大酒店", []),
        ("公司", []),
        ("合作社想建冷库", []),
        ("物业费太贵", []),
        ("客户来验厂", []),
    ],
)
def test_an_enterprise_is_told_from_the_words_around_it(text, found):
    assert named("enterprise", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("玉川大道积水", ["玉川大道"]),
        ("在科技路18号门口", ["科技路18号"]),
        ("三号楼漏水", ["三号楼"]),
        ("2号楼电梯坏了", ["2号楼"]),
        ("A3栋没水", ["A3栋"]),
        ("11栋停电", ["11栋"]),
        ("华翔路与创业路口堵车", ["华翔路与创业路口"]),
        ("沁园路和黄河大道交叉口", ["沁园路和黄河大道交叉口"]),
        ("华翔路和文昌路都堵", ["华翔路", "文昌路"]),
        ("天坛路口没红灯", ["天坛路口"]),
        ("绕行创业路", ["创业路"]),
        ("济源市玉川大道", ["玉川大道"]),
        ("从文昌北路到济水大街", ["文昌北路", "济水大街"]),
        ("经三路", ["经三路"]),
        ("纬一路", ["纬一路"]),
        ("五一路限高", ["五一路"]),
        ("克井镇大许村", ["克井镇", "大许村"]),
        ("玉泉街道", ["玉泉街道"]),
        ("济源西高速口", ["济源西高速口"]),
        ("龙源工业园3号车间", ["龙源工业园"]),
        ("虎岭产业集聚区", ["虎岭产业集聚区"]),
        ("玉川产业园区", ["玉川产业园区"]),
        ("愚公桥限高", ["愚公桥"]),
        ("幸福巷5号", ["幸福巷5号"]),
        ("科技路18号3号楼", ["科技路18号", "3号楼"]),
        *(
            (word, [])
            for word in ("没出路", "销路不好", "电路坏了", "线路跳闸", "一路走好", "道路不平", "马路", "铁路")
        ),
        *(
            (word, [])
            for word in ("断头路", "水泥路", "老板跑路", "门口路灯不亮", "园区", "北园区", "农业园区", "街道来查")
        ),
        *(
            (word, [])
            for word in (
                "过桥资金",
                "连心桥",
                "搭桥",
                "逛街",
                "步行街",
                "农村",
                "我们村",
                "乡镇",
                "冰镇",
                "路口",
                "一栋楼",
            )
        ),
        *((word, []) for word in ("那条路", "门前路断了", "十字路口", "生产线", "2栋楼", "高速口")),
    ],
)
def test_a_place_is_told_from_words_that_end_alike(text, found):
    assert named("place", text) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678，急", "电话138****5678，急"),
        ("+86 138-1234-5678", "+86 138-****-5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("138 123 45678", "138 *** *5678"),
        ("0391-6630000", "0391-663****"),
        ("(010) 88888888", "(010) 8888****"),
        ("400-123-4567", "400-123-****"),
        ("身份证410881198001011234", "身份证410881198001011234"),
        ("编号20260928-001欠500000元", "编号20260928-001欠500000元"),
        ("", ""),
    ],
)
def test_a_number_is_masked_and_nothing_else(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "enterprise"),
    [
        ("今天走访龙源精密机械有限公司，企业反映招工难", "龙源精密机械有限公司"),
        ("走访了鼎禾食品厂", "鼎禾食品厂"),
        ("走访企业：济源市中科食品有限公司；诉求：贷款", "济源市中科食品有限公司"),
        ("走访了两家企业龙源公司和鼎禾公司", "龙源公司"),
        ("到鼎禾食品厂走访，他们说没电", "鼎禾食品厂"),
        ("去永兴机械厂看了看，老板说用工难", "永兴机械厂"),
        ("昨天去了华丰纺织厂，厂长反映订单少", "华丰纺织厂"),
        ("刚从方升化学公司出来，环评批不下来", "方升化学公司"),
        ("玉泉合作社反映没水", "玉泉合作社"),
        ("龙源公司负责人反映路灯不亮", "龙源公司"),
        ("和王局长一起调研恒通高科纸业有限公司", "恒通高科纸业有限公司"),
        ("XX合作社反映大棚塌了", "XX合作社"),
        ("我们在东方机械厂上班，厂里欠薪", None),
        ("从来没走访龙源公司", None),
        ("欠鼎禾商贸有限公司货款", None),
        ("我们是龙源公司的，停电了", None),
        ("走访企业三家", None),
        ("我们公司反映过了", None),
        ("停电了", None),
        ("", None),
    ],
)
def test_a_note_of_a_visit_names_the_enterprise(text, enterprise):
    assert visited(text) == enterprise


def test_facts_stand_in_order_where_the_original_has_them():
    text = "今天走访龙源精密機械有限公司，玉川大道１８号，欠三百万，年底前还，电话１３８１２３４５６７８"

    found = mentions(text, MONDAY)

    assert [each.kind for each in found] == ["date", "enterprise", "place", "amount", "date", "phone"]
    assert found[1].value == "龙源精密機械有限公司"
    assert found[2].text == "玉川大道１８号"


PIECES = st.sampled_from(
    [
        "13812345678",
        "１３９00001111",
        "0391-6630000",
        "三百万",
        "15号前",
        "走访",
        "龙源公司",
        "玉川大道",
        "12月",
        "月底",
        "-",
        " ",
        "，",
        "一",
        "8",
        "块",
        "元",
        "\n",
        "\x00",
        "\ud800",
    ]
)
TEXTS = st.one_of(st.text(st.characters()), st.lists(PIECES, max_size=14).map("".join))
HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])(?![\s\x00-\x1f]?(?:元|万元|亿元|块钱))")


@settings(deadline=None)
@given(TEXTS, st.dates())
def test_any_text_has_its_facts_in_order_and_apart(text, today):
    found = mentions(text, today)

    for each in found:
        assert each.text == text[each.start : each.end] != ""
        assert each.kind in {"enterprise", "amount", "date", "place", "phone"}
        assert not re.search(r"[^0-9]", each.value) or each.kind not in {"amount", "phone"}
        assert not each.value or each.kind != "date" or date.fromisoformat(each.value)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert mentions(text, today) == found


@settings(deadline=None)
@given(TEXTS)
def test_masking_changes_digits_alone_and_leaves_no_mobile(text):
    hidden = masked(text)

    assert len(hidden) == len(text)
    assert all(new == old or (new == "*" and old.isdecimal()) for new, old in zip(hidden, text, strict=True))
    assert not MOBILE.search(hidden.translate(HALF))


@settings(deadline=None)
@given(TEXTS)
def test_a_visited_enterprise_stands_in_the_text(text):
    assert (visited(text) or "") in text


def seconds(text: str) -> float:
    start = time.process_time()
    mentions(text, MONDAY)
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    ["停电了。", "1", "三", "138 ", "3,", "路", "厂", "龙源公司", "华翔路与", "月底", "供水", "周一", "点一", "万"],
)
def test_twice_the_text_takes_about_twice_the_time(unit):
    load()
    text = unit * (20_000 // len(unit))

    assert seconds(text) < 0.3 + 4 * seconds(text[:10_000])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('how = "yuan"', 'how = "dollar"', "mentions.toml: amount: unknown how 'dollar'"),
        ('kind = "enterprise"\n', "", "kind is missing"),
        ('cuts = "{place_cuts}"', 'cuts = "{place_cuts}("', "mentions.toml: place: cuts: bad pattern"),
        ('leads = "{place_leads}"', "", "leads is missing"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path, old, new, message):
    text = Path(room.__file__).with_suffix(".toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / room.FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FactError, match=r"mentions\.toml") as caught:
        load(tmp_path)

    assert message in str(caught.value)
