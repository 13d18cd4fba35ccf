"""A chat that is pasted: who said which line, in every form in which people copy one; anything else is no chat."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forwarded import Line, dealt, read, speakers_hidden, without_speakers

TRIPPED, TAKEN = "我们厂又跳闸了", "收到"


@pytest.mark.parametrize(
    "written",
    [
        "张伟：我们厂又跳闸了\n李工：收到",
        "张伟: 我们厂又跳闸了\n李工:收到",
        "张伟:\n我们厂又跳闸了\n\n李工:\n收到",
        "张伟 10:02\n我们厂又跳闸了\n李工 10:03\n收到",
        "张伟  2026-11-27 10:02:15\n我们厂又跳闸了\n\n李工  2026-11-27 10:03:01\n收到",
        "张伟\n2026-11-27 10:02\n我们厂又跳闸了\n李工\n2026-11-27 10:03\n收到",
        "张伟\n10:02\n我们厂又跳闸了\n李工\n昨天 下午 3:03\n收到",
        "张伟 11月27日 上午10:02\n我们厂又跳闸了\n李工 星期五 10:03\n收到",
        "2026/11/27 10:02 张伟\n我们厂又跳闸了\n2026/11/27 10:03 李工\n收到",
        "张伟(10:02)：我们厂又跳闸了\n李工（10：03）：收到",
        "[10:02] 张伟：我们厂又跳闸了\n[10:03] 李工：收到",
        "园区企业群的聊天记录\n—————  2026-11-27  —————\n\n张伟  10:02\n\n我们厂又跳闸了\n\n李工  10:03\n收到",
        "  张伟：我们厂又跳闸了\r\n  李工：收到",
    ],
)
def test_every_form_tells_who_said_what(written: str) -> None:
    chat = read(written)

    assert chat is not None
    assert chat.head == ""
    assert chat.lines == (Line("张伟", TRIPPED), Line("李工", TAKEN))


def test_what_stands_in_front_is_no_line() -> None:
    chat = read("龙源精密\n张伟：我们厂又跳闸了\n李工：收到")

    assert chat is not None
    assert chat.head == "龙源精密"
    assert chat.speakers == ("张伟", "李工")


def test_lines_without_a_name_belong_to_who_spoke_last() -> None:
    chat = read("张伟：我们厂又跳闸了\n地址：滨河路3号\n情况如下：两台空压机都停了\n李工：收到")

    assert chat is not None
    assert chat.lines[0] == Line("张伟", "我们厂又跳闸了\n地址：滨河路3号\n情况如下：两台空压机都停了")


def test_under_headers_a_colon_in_a_message_is_part_of_it() -> None:
    chat = read("张伟 10:02\n老王：说过好几次了\n李工 10:03\n收到")

    assert chat is not None
    assert chat.speakers == ("张伟", "李工")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "\n\n",
        "缺二十名分拣工",
        "张伟：我们厂又跳闸了",
        "缺工\n地址：滨河路3号\n电话：0391-6630000",
        "情况如下：\n一、缺工\n二、缺电",
        "我们厂又跳闸了\n两台空压机都停了",
        "问题：停电\n诉求：增容",
        "https://example.com/a\nhttps://example.com/b",
    ],
)
def test_anything_else_is_no_chat(written: str) -> None:
    assert read(written) is None


def test_lines_go_to_the_problem_they_tell_and_the_rest_with_the_line_before() -> None:
    lines = [Line("张伟", "又跳闸了"), Line("张伟", "下午三点"), Line("刘洋", "缺二十名分拣工"), Line("刘洋", "急")]

    first, second = dealt(lines, ["又跳闸了", "缺二十名分拣工"])

    assert first == "〔张伟〕又跳闸了\n〔张伟〕下午三点"
    assert second == "〔刘洋〕缺二十名分拣工\n〔刘洋〕急"


def test_names_can_be_hidden_and_left_out() -> None:
    kept = "〔张伟〕又跳闸了\n〔龙源-李工〕收到"

    assert speakers_hidden(kept) == "〔张*〕又跳闸了\n〔龙****〕收到"
    assert without_speakers(kept) == "又跳闸了\n收到"
    assert len(speakers_hidden(kept)) == len(kept)


@given(st.text(alphabet="张伟李工 \t\n:：，。0123-/.年月日昨天下午[]（）—【】〔〕\u2028\x85a", max_size=300))
def test_no_text_makes_it_stumble_and_nothing_said_is_lost(text: str) -> None:
    chat = read(text)

    if chat is not None:
        assert chat.lines
        assert all(line.said for line in chat.lines)
        assert "".join(chat.head.split()) in "".join(text.split()).replace("\x85", "").replace("\u2028", "")


@pytest.mark.parametrize(
    "text", ["张" * 2000, "张 " * 1000 + "\n：", "10:02 " * 400 + "\n张：", "—" * 2000 + "\n张：a\n" * 99]
)
def test_a_long_text_is_read_at_once(text: str) -> None:
    started = time.perf_counter()

    read(text)

    assert time.perf_counter() - started < 0.5
