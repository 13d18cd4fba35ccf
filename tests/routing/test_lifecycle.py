"""Every pair of state and action is in the table, or it is refused and changes nothing."""

from datetime import UTC, datetime

import pytest

from routing.lifecycle import ENDED, TRANSITIONS, Action, NotAllowed, State, apply
from store.tables import Item, Person

NOW = datetime(2026, 9, 28, 1, tzinfo=UTC)
BEFORE = datetime(2026, 9, 27, 1, tzinfo=UTC)
PAIRS = [(state, action) for state in State for action in Action]


def item_in(state: State) -> Item:
    return Item(district_id="main", number="20260928-001", state=str(state), round=1, events=[], state_since=BEFORE)


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_each_pair_is_allowed_by_the_table_or_refused(state: State, action: Action) -> None:
    item, somebody = item_in(state), Person(name="somebody")
    target = TRANSITIONS.get((state, action))

    if target is None:
        with pytest.raises(NotAllowed):
            apply(item, action, by=somebody, now=NOW)
        assert (item.state, item.events, item.round) == (state, [], 1)
        return

    apply(item, action, by=somebody, now=NOW, rule="a rule", reason="because")

    event = item.events[-1]
    assert item.state == target
    assert (event.action, event.state_before, event.state_after) == (action, state, target)
    assert (event.actor, event.at, event.rule, event.data) == (somebody, NOW, "a rule", {"reason": "because"})
    assert (item.closed_at is not None) == (target in ENDED)


def test_every_state_but_the_first_can_be_reached_and_every_open_one_can_be_left() -> None:
    reached = set(TRANSITIONS.values())
    left = {state for (state, _), target in TRANSITIONS.items() if target is not state}

    assert reached == set(State)
    assert left >= set(State) - ENDED


def test_only_the_coordinator_steps_lead_to_struck_off() -> None:
    assert [(s, a) for (s, a), target in TRANSITIONS.items() if target is State.CLOSED] == [
        (State.VERIFIED, Action.CLOSE)
    ]


@pytest.mark.parametrize("action", [Action.OBJECT, Action.SEND_BACK, Action.REOPEN])
def test_going_back_to_work_begins_a_new_round(action: Action) -> None:
    state = next(state for state, known in TRANSITIONS if known is action)
    item = item_in(state)

    apply(item, action, by=None, now=NOW)

    assert item.round == 2


def test_a_progress_note_does_not_restart_the_time_in_a_state() -> None:
    item = item_in(State.HANDLING)

    apply(item, Action.PROGRESS, by=None, now=NOW)

    assert item.state_since == BEFORE
