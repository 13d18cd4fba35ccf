"""The lines of `lianxin classify`: one answer a line, in order, whatever comes."""

import json

import pytest

from bot.classify import run


def answers(analyser, *lines):
    return [(json.loads(text), good) for text, good in run(lines, analyser)]


def line(messages, number="m1"):
    return json.dumps({"id": number, "messages": messages}, ensure_ascii=False)


def test_a_problem_is_answered_as_agreed(analyser):
    ((said, good),) = answers(analyser, line(["你好", "变压器带不动了，老跳闸，想增容"]))

    assert good
    assert said["id"] == "m1"
    assert (said["kind"], said["nature"], said["urgent"]) == ("problem", "help", False)
    (item,) = said["items"]
    assert set(item) == {"category", "confidence", "because", "runner_up", "span"}
    assert item["category"] == "UTILITY"
    assert item["span"] == "变压器带不动了，老跳闸，想增容"


def test_a_message_that_is_no_problem_has_no_items(analyser):
    ((said, good),) = answers(analyser, line(["收到"]))

    assert (said["kind"], said["nature"], said["items"], good) == ("acknowledgement", None, [], True)


@pytest.mark.parametrize(
    "bad",
    [
        "not json",
        "[]",
        "3",
        "null",
        '"text"',
        "{}",
        '{"id": "a"}',
        '{"id": 3, "messages": ["x"]}',
        '{"id": "a", "messages": "x"}',
        '{"id": "a", "messages": [3]}',
        '{"id": "a", "messages": [null]}',
        '{"id": "a", "messages": ["\\ud800"]}',
        '{"id": "\\udfff", "messages": ["x"]}',
        "[" * 100_000,
        "\ud800",
    ],
)
def test_a_bad_line_is_answered_and_the_run_goes_on(analyser, bad):
    (first, good), (second, fine) = answers(analyser, bad, line(["谢谢"]))

    assert (first["id"], bool(first["error"]), good) == (None, True, False)
    assert (second["kind"], fine) == ("thanks", True)


def test_order_is_kept_and_empty_lines_are_skipped(analyser):
    said = answers(analyser, line(["好的"], "a"), "", "\n", line(["谢谢"], "b"))

    assert [answer["id"] for answer, _ in said] == ["a", "b"]


def test_every_answer_can_be_written(analyser):
    for text, _ in run(['{"id": "a", "messages": ["x\\u0000y"]}', "\udc80", line(["停电😂了"])], analyser):
        text.encode("utf-8")
        assert "\n" not in text
