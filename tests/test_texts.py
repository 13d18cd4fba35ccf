"""Every text is used and can be said; every command has help; every code has a word."""

import re
from pathlib import Path

import pytest

from bot import calls, refusals, rhythm, tokens, watchdog
from bot.commands import COMMANDS
from bot.texts import BRIEF_LIMIT, Texts, fields_of
from intake.analyse import Analyser
from routing import batches, binding, contacts, departure, leave_news, promises
from routing.flags import COLOURS
from routing.lifecycle import Action, State
from routing.notices import RECIPIENTS
from routing.policy import Policy
from routing.results import ENDS
from store.facts import FactError
from store.numbers import MOMENTS

ROOT = Path(__file__).parents[1]
TEXTS, POLICY = Texts.load(), Policy.load()
CALLS = (calls.ASKED, calls.DOUBTED, refusals.UNREACHABLE)
PUSHED = (
    POLICY.notices.text_keys()
    | POLICY.ladder.text_keys()
    | {
        "digest",
        *CALLS,
        tokens.SHUT,
        tokens.SPENT,
        "news",
        watchdog.NAME,
        watchdog.CLOCK,
        *rhythm.PUSHES,
        *leave_news.PUSHES,
        *departure.PUSHES,
        promises.REMINDER,
        *batches.PUSHES,
        *contacts.PUSHES,
        *binding.PUSHES,
    }
)
CODE = "\n".join(path.read_text(encoding="utf-8") for path in (*ROOT.glob("bot/*.py"), *ROOT.glob("routing/*.py")))


def test_every_key_that_routing_uses_is_a_text() -> None:
    assert TEXTS.texts.keys() >= PUSHED


@pytest.mark.parametrize("key", sorted(TEXTS.texts))
def test_every_text_is_used(key: str) -> None:
    kinds = ("emergency", "misconduct", "greeting", "advert", "resident")  # named by the kind of a message
    assert key in PUSHED or key in kinds or f'"{key}"' in CODE


@pytest.mark.parametrize("key", sorted(PUSHED))
def test_every_push_has_a_short_form_for_a_template_message(key: str) -> None:
    text = TEXTS.texts[key]

    said = TEXTS.render(key, **dict.fromkeys(needed(key), "一二三四五六七八九十" * 5))

    assert text.brief
    assert text.matter
    assert 0 < len(said.brief) <= BRIEF_LIMIT
    assert 0 < len(said.matter) <= BRIEF_LIMIT


def needed(key: str) -> set[str]:
    text = TEXTS.texts[key]
    parts = [text.body, text.brief, text.matter, *(part for button in text.buttons for part in button)]
    return {name for part in parts for name in fields_of(part)}


def test_a_line_whose_facts_are_all_empty_is_left_out() -> None:
    said = TEXTS.say("received", **dict.fromkeys(needed("received"), "") | {"number": "001"})

    assert said == "已收到，编号 001。"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_usage_and_a_line_of_help(command: object) -> None:
    told = TEXTS.help[command.name]  # type: ignore[attr-defined]

    assert set(told) == {"usage", "line"}


def test_every_help_entry_belongs_to_a_command() -> None:
    assert set(TEXTS.help) - {"intro"} == {command.name for command in COMMANDS}


def test_no_word_means_two_things_to_one_person() -> None:
    for role in RECIPIENTS:
        words = [word for command in COMMANDS if role in command.roles for word in command.words]
        assert len(words) == len(set(words)), role


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("state", [str(state) for state in State]),
        ("action", [str(action) for action in Action]),
        ("recipient", RECIPIENTS),
        ("rung", [rung.name for rung in POLICY.ladder.rungs]),
        ("grade", ["1", "2", "3", "4"]),
        ("mode", list(POLICY.deadlines.modes.values())),
        ("flag", COLOURS),
        ("flag_rule", [rule.name for rule in POLICY.flags.rules]),
        ("metric", [metric.name for metric in POLICY.metrics.metrics]),
        ("count", sorted({count for metric in POLICY.metrics.metrics for count in (metric.of, metric.over)})),
        ("moment", list(MOMENTS)),
        ("rating", ["1", "2", "3", "4", "5"]),
        ("outcome", ENDS),
        ("list_word", ["contact", "stranger", "officer", "head", "coordinator", "leader", "duty", "discipline"]),
    ],
)
def test_every_code_has_a_word(table: str, codes: list[str]) -> None:
    assert TEXTS.labels[table].keys() >= set(codes)


def test_every_action_that_is_recorded_has_a_word() -> None:
    recorded = set(re.findall(r'record\(\s*\w+(?:\.\w+\[-1\])?,\s*"(\w+)"', CODE))

    assert recorded
    assert TEXTS.labels["action"].keys() >= recorded


def test_the_departments_of_the_rules_and_the_categories_of_intake_agree() -> None:
    assert set(POLICY.owners.lead) == set(Analyser.load().categories) - {"OTHER"}


def test_a_broken_text_file_stops_the_start_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "texts.toml").write_text('[text.received]\nbrief = "x"', encoding="utf-8")

    with pytest.raises(FactError, match=r"texts\.toml"):
        Texts.load(tmp_path)
