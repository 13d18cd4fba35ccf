"""Whatever happens to items: what was received is open, struck off or ended otherwise, and every table adds up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from routing.lifecycle import Action, allows, apply
from store import numbers
from store.counts import COUNTS
from store.db import Store
from store.numbers import Among
from store.tables import Base, Item, Person, Report

NOW = datetime.fromisoformat("2026-09-28T09:00:00+08:00")
SOURCES, CATEGORIES = ("chat", "hotline", "platform"), ("LAND", "LABOR", "OTHER")
histories = st.lists(
    st.tuples(
        st.lists(st.sampled_from(list(Action)), max_size=12),
        st.sampled_from(SOURCES),
        st.sampled_from(CATEGORIES),
        st.sampled_from(("ours", "not_in_remit")),
        st.integers(-3, 3),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def empty() -> Iterator[Store]:
    store = Store("sqlite://")
    Base.metadata.create_all(store.engine)
    yield store
    store.close()


def lived(session: Session, number: int, history: tuple[list[Action], str, str, str, int]) -> None:
    """An item after the steps that its states allowed."""
    actions, source, category, scope, days = history
    session.add(
        item := Item(
            number=f"20260928-{number:03d}", short=f"{number:03d}", report_id=1, contact_id=1, source=source,
            category=category, scope=scope, text="x", confidence=1.0, because=[], candidates=[], nature="help",
            urgent=False, grade=2, rules={}, state="registered", state_since=NOW, registered_at=NOW, round=1,
            due_at=NOW + timedelta(days=days),
        )
    )  # fmt: skip
    for action in actions:
        if allows(item, action):
            apply(item, action, by=None, now=NOW + timedelta(minutes=1))
            item.resolved_at = NOW if action is Action.RESOLVE else item.resolved_at


@settings(max_examples=60, deadline=None)
@given(histories)
def test_found_is_done_and_in_progress_and_every_table_adds_up(
    empty: Store, items: list[tuple[list[Action], str, str, str, int]]
) -> None:
    with empty.write() as session:
        session.add_all(
            [Person(key="x", name="x", role="contact"), Report(id=1, person_id=1, opened_at=NOW, settles_at=NOW)]
        )
        for number, history in enumerate(items, 1):
            lived(session, number, history)
        session.flush()

        said = numbers.count(session, Among(), list(COUNTS), NOW)
        by_category = numbers.open_by_category(session, Among())
        by_state = numbers.open_by_state(session, Among())
        by_source = numbers.by_source(session, Among())
        apart = [numbers.count(session, Among(source=source), ["received"], NOW)["received"] for source in SOURCES]
        session.rollback()

    assert said["received"] == len(items) == said["open"] + said["closed"] + said["ended"]
    assert said["received"] == said["in_scope"] + said["out_of_scope"] == sum(by_source.values()) == sum(apart)
    assert said["open"] == sum(by_category.values()) == sum(by_state.values())
    for name, over in (("solved", "done"), ("done", "accepted"), ("in_time", "decided"), ("late", "open")):
        assert said[name] <= said[over]
