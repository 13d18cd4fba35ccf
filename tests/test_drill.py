"""The rehearsal in small: a day with every trouble loses nothing, and a protection that is left out is found."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.drill import rehearse
from bot.drill.account import Account
from bot.drill.breaks import BREAKS
from bot.drill.storm import FAULTS
from bot.drill.world import Plan
from store.migrate import is_empty
from tests.postgres import Postgres

SMALL = Plan("", Path(), 3, 40, failing=0.15, timeouts=0, kill_one_in=80, aside=2, step=timedelta(minutes=10))
"""A day in steps of ten minutes, with more trouble in each."""
QUIET = timedelta(hours=5)


def play(plan: Plan) -> tuple[Account, list[str]]:
    said: list[str] = []
    with rehearse.scratch(plan.url or None) as (url, folder):
        made = rehearse.rehearse(replace(plan, url=url, folder=folder), said.append, processes=False, quiet=QUIET)
    assert not folder.exists()
    return made, [*said, *rehearse.table(made)]


def test_a_bad_day_loses_nothing_doubles_nothing_and_disturbs_nobody() -> None:
    made, said = play(SMALL)

    assert said[-1] == "lost=0 doubled=0 late=0 out_of_hours=0", "\n".join(said)
    assert made.figures["messages"] >= 38
    assert made.figures["acknowledged"] >= 30
    assert made.figures["items"] >= 15
    assert made.figures["push sent"] >= 100
    assert made.figures["faults"] >= len(FAULTS)
    assert made.figures["kills at seams"] >= 15
    assert made.over_quota == []


@pytest.mark.parametrize(
    ("protection", "harm"),
    [("dedupe", "doubled"), ("lease", "doubled"), ("hours", "out_of_hours"), ("quota", "over_quota")],
)
def test_a_protection_that_is_left_out_is_found(protection: str, harm: str) -> None:
    made, said = play(replace(SMALL, without=protection))

    assert len(getattr(made, harm)) > 0, "\n".join(said)
    assert not made.faultless
    if harm != "over_quota":  # the last line is for programs, and names four figures
        assert f"{harm}=0" not in said[-1]


def test_every_protection_that_can_be_left_out_is_tried_above() -> None:
    assert set(BREAKS) == {"dedupe", "lease", "hours", "quota"}


def test_a_database_of_the_offices_own_is_emptied_again(postgres: Postgres) -> None:
    url = postgres.database("drill")

    _, said = play(replace(SMALL, url=url, messages=30))

    assert said[-1] == "lost=0 doubled=0 late=0 out_of_hours=0", "\n".join(said)
    assert is_empty(url)
