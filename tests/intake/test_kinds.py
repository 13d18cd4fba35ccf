"""What kind of message it is. The sentences stand in kinds.txt, under the kind they must have."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from intake import kinds
from intake.analyse import Analyser, sums_of
from intake.stock import KINDS


def sentences() -> Iterator[tuple[str, str]]:
    kind = ""
    for line in Path(__file__).with_name("kinds.txt").read_text(encoding="utf-8").splitlines():
        if line.strip("[]") in KINDS:
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            yield kind, line


@pytest.mark.parametrize(("kind", "sentence"), list(sentences()))
def test_a_sentence_has_its_kind(analyser, kind, sentence):
    said = analyser.analyse([sentence])

    assert (said.kind, bool(said.kind_because)) == (kind, True)


def test_every_kind_is_tried():
    assert {kind for kind, _ in sentences()} == set(KINDS)


def test_problems_are_told_only_by_a_problem(analyser):
    for kind, sentence in sentences():
        said = analyser.analyse([sentence])

        assert bool(said.problems) == (said.kind == "problem"), (kind, sentence)


@pytest.mark.parametrize(
    "messages",
    [
        ["你好", "想问下贷款的事", "车间着火了！快来人"],
        ["一是用电紧张，二是仓库起火了", "谢谢"],
    ],
)
def test_an_emergency_wins_over_everything(analyser, messages):
    said = analyser.analyse(messages)

    assert (said.kind, said.urgent, said.problems) == ("emergency", True, ())


@pytest.mark.parametrize(
    "messages",
    [
        ["补贴没到账", "经办的科长说要给点好处费才批"],
        ["谢谢你们", "可是不给好处费就不盖章"],
    ],
)
def test_misconduct_wins_over_problem_and_thanks(analyser, messages):
    assert analyser.analyse(messages).kind == "misconduct"


@pytest.mark.parametrize("before", [["在吗"], ["你好", "您好"], ["早上好！"]])
def test_a_greeting_before_a_problem_does_not_matter(analyser, before):
    alone = analyser.analyse(["变压器带不动了，想增容"])
    greeted = analyser.analyse([*before, "变压器带不动了，想增容"])

    assert greeted.problems == alone.problems


def test_thanks_with_a_new_problem_are_a_problem(analyser):
    said = analyser.analyse(["上次的事谢谢你们", "还有个事，门口的路坏了"])

    assert [problem.category for problem in said.problems] == ["INFRA"]


@pytest.mark.parametrize(
    ("message", "because"),
    [
        ("仓库起火了", "kinds.toml: danger right now"),
        ("科长要好处费", "kinds.toml: someone in office asks, obstructs or closes falsely"),
        ("谢谢", "model.npz: thanks"),
        ("👌", "kinds.toml: symbols"),
        ("？？", "kinds.toml: empty"),
    ],
)
def test_a_kind_says_why(analyser, message, because):
    assert analyser.analyse([message]).kind_because[-1] == because


@pytest.mark.parametrize("past", ["去年着火了保险不赔", "担心电线老化着火了没人管，能不能派人看看"])
def test_a_danger_that_is_not_now_is_no_emergency(analyser, past):
    assert analyser.analyse([past]).kind == "problem"


@pytest.fixture
def told(analyser):
    return kinds.load(analyser.reader.cleaner, analyser.learnt.heads["kind"])


@pytest.fixture
def scores(analyser, told):
    """What the model says of a text when it finds the named kinds so likely, and all others unlikely."""

    def found(**likely):
        row = np.full_like(analyser.learnt.bias, -5)
        for name, score in likely.items():
            row[told.head.start + KINDS.index(name)] = score
        return row

    return found


@pytest.fixture
def kind(analyser, told, scores):
    """The kind of a text of which the model says the same in every part."""

    def judge(text, **likely):
        clauses = analyser.reader.read(text)
        return told.kind(text, clauses, np.tile(scores(**likely), (len(clauses) + 1, 1)), []).code

    return judge


def test_what_is_nearly_as_much_like_an_alarm_as_like_a_problem_is_one(kind):
    assert kind("机器那边", problem=0.0, emergency=0.07) == "emergency"
    assert kind("机器那边", problem=0.0, emergency=0.05) == "problem"
    assert kind("机器那边", problem=0.0, misconduct=-0.26) == "misconduct"
    assert kind("机器那边", problem=0.0, misconduct=-0.28) == "problem"


def test_only_a_part_of_what_else_it_is_like_counts_against_an_alarm(kind):
    assert kind("机器那边", problem=0.4, emergency=0.13) == "emergency"
    assert kind("机器那边", problem=0.4, emergency=0.11) == "problem"
    assert kind("机器那边", problem=0.4, misconduct=-0.06) == "misconduct"
    assert kind("机器那边", problem=0.4, misconduct=-0.08) == "problem"


@pytest.fixture
def stretches(analyser, told):
    """The stretches of a message that may tell an alarm beside something else, in its words."""

    def found(*clauses):
        read = analyser.reader.read("，".join(clauses))
        return ["，".join(clause.words for clause in read[start:end]) for start, end in told.stretches(read)]

    return found


def test_neighbouring_clauses_are_asked_together_but_never_the_whole(stretches):
    assert stretches("变压器坏了", "路灯没亮", "快递没到") == [
        "变压器坏了",
        "变压器坏了，路灯没亮",
        "路灯没亮",
        "路灯没亮，快递没到",
        "快递没到",
    ]
    assert stretches("变压器坏了") == stretches() == []


def test_at_most_four_clauses_are_asked_together(stretches):
    assert len(stretches("车间跳闸", "水管漏水", "燃气没通", "暖气不热", "网络断了", "路灯坏了")) == 6 + 5 + 4 + 3


def test_a_stretch_has_the_sum_of_its_clauses():
    each = np.arange(12, dtype=np.float32).reshape(4, 3)

    assert sums_of(each, [(0, 1), (1, 4), (0, 3)]).tolist() == [
        each[0].tolist(),
        each[1:].sum(axis=0).tolist(),
        each[:3].sum(axis=0).tolist(),
    ]
    assert sums_of(each[:0], []).shape == (0, 3)


@pytest.fixture
def beside(analyser, told, scores):
    """The kind of a problem whose first clause (the only stretch that is asked) is like an alarm."""

    def judge(clause, **likely):
        problem = scores(problem=1)
        clauses = analyser.reader.read(f"{clause}，担心银行那边")
        return told.kind("", clauses, np.array([problem, problem, problem, scores(**likely)]), [(0, 1)]).code

    return judge


TEN = "三号车间那台老机器边"


def test_a_stretch_that_is_like_an_alarm_makes_the_message_one(beside):
    assert (beside(TEN, emergency=0.51), beside(TEN, emergency=0.49)) == ("emergency", "problem")
    assert (beside(TEN, misconduct=0.51), beside(TEN, misconduct=0.49)) == ("misconduct", "problem")


def test_a_brief_stretch_must_be_more_of_an_alarm(beside):
    assert (beside(TEN[:9], emergency=0.91), beside(TEN[:9], emergency=0.89)) == ("emergency", "problem")
    assert (beside(TEN[:9], misconduct=0.91), beside(TEN[:9], misconduct=0.89)) == ("misconduct", "problem")


VETOES = [("emergency", "担心"), ("misconduct", "银行")]


@pytest.mark.parametrize(("alarm", "veto"), VETOES)
def test_an_alarm_far_ahead_is_one_whatever_words_forbid_it(kind, alarm, veto):
    assert kind(f"{veto}那边", problem=0.0, **{alarm: 0.31}) == alarm
    assert kind("机器那边", problem=0.0, **{alarm: 0.10}) == alarm


@pytest.mark.parametrize(("alarm", "veto"), VETOES)
def test_words_that_forbid_an_alarm_make_the_model_need_a_larger_lead(kind, alarm, veto):
    assert kind(f"{veto}那边", problem=0.0, **{alarm: 0.29}) == "problem"


@pytest.mark.parametrize(("alarm", "veto"), VETOES)
def test_words_that_forbid_an_alarm_count_in_the_stretch_that_tells_it(beside, alarm, veto):
    assert beside(f"{veto}{TEN}", **{alarm: 1.01}) == alarm
    assert beside(f"{veto}{TEN}", **{alarm: 0.99}) == "problem"


@pytest.mark.parametrize(
    "message",
    [
        "电压不稳老跳闸，怕哪天着火把人困在里面，能不能来看看",
        "想参加消防演练，灭火器怎么配，车间着火怎么跑，门口的路灯也坏了",
        "上次氨气泄漏两个工人住院，赔偿到现在没谈拢，还有社保也断了",
        "仓库去年被烧了，里面的货全没了，保险不赔，银行又催贷款",
    ],
)
def test_fear_and_what_is_past_ring_no_alarm_beside_something_else(analyser, message):
    assert analyser.analyse([message]).kind == "problem"


@pytest.mark.parametrize("talk", ["thanks", "rating", "advert"])
def test_without_a_chinese_character_talk_must_lead_by_so_much(kind, talk):
    assert kind("xyz", problem=0.0, **{talk: 0.49}) == "problem"
    assert kind("xyz", problem=0.0, **{talk: 0.51}) == talk
    assert kind("谢", problem=0.0, **{talk: 0.49}) == talk


def test_an_alarm_is_one_in_any_script(kind):
    assert kind("xyz", problem=0.0, emergency=0.1) == "emergency"


@pytest.mark.parametrize("text", ["hello", "Hi", "ok", "OK!", "Who are you"])
def test_common_english_talk_is_understood(analyser, text):
    assert analyser.analyse([text]).kind in {"greeting", "acknowledgement", "identity_question"}


FOREIGN = [
    "Проблема со станком",
    "Спасибо",
    "เครื่องเสีย",
    "مشكلة كهرباء",
    "전기가 나갔어요",
    "ありがとう",
    "हमें बिजली नहीं",
    "Ж",
]


@pytest.mark.parametrize("text", [*FOREIGN, *(f"{text}！😂" for text in FOREIGN)])
def test_what_is_in_an_unknown_script_goes_to_the_coordinator(analyser, text):
    (problem,) = analyser.analyse([text]).problems

    assert problem.category == "OTHER"
    assert problem.confidence < analyser.threshold


@pytest.mark.parametrize("text", ["Проблема со станком 5", "เครื่องเสีย 3 เครื่อง", "전기 2"])
def test_a_number_in_an_unknown_script_changes_nothing(analyser, text):
    (problem,) = analyser.analyse([text]).problems

    assert problem.confidence < analyser.threshold


@pytest.mark.parametrize("nothing", [[], [""], ["  "], ["\x00"]])
def test_nothing_said_is_a_lone_ping(analyser, nothing):
    assert analyser.analyse(nothing).kind == "greeting"


def test_a_phone_number_makes_no_advert_of_a_problem(analyser: Analyser) -> None:
    for told in ("我们厂又跳闸了，联系电话13812345678", "资金周转困难想贷款，电话13812345678"):
        assert analyser.analyse([told]).kind == "problem"
