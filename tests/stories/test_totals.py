"""Figures of years: what ended long ago stands in running totals; every figure is what counting all would give."""

from datetime import timedelta

from sqlalchemy import func, select, update

from routing import outcome
from routing.policy import Turn
from routing.totals import keep as keep_totals
from store import numbers, people, totals
from store.counts import COUNTS
from store.numbers import Among
from store.tables import Item, Total
from tests.desk import Desk
from tests.seed import STRUCK_OFF, seed

SCREENS = ("统计", "统计 更多", "统计 来源 走访", "各部门", "统计 供电公司")


def years(desk: Desk) -> None:
    """Items of every kind of end, registered long ago and now."""
    now = desk.clock.now()
    for ago in (300, 100, 0):
        at = {"registered_at": now - timedelta(days=ago)}
        seed(desk, 4, **STRUCK_OFF, rating=5, source="visit", officer_id=officer(desk), **at)
        seed(desk, 3, **STRUCK_OFF, rating=2, round=2, action="reopen", was_late=True, **at)
        seed(desk, 2, **STRUCK_OFF, grade=1, campaign="春风行动", **at)
        seed(desk, 2, state="refused", scope="not_in_remit", **at)
        seed(desk, 1, state="merged", **at)
        seed(desk, 2, state="withdrawn", **at)
        seed(desk, 1, category="FINANCE", **at)


def officer(desk: Desk) -> int:
    with desk.store.read() as session:
        return people.with_role(session, "officer")[0].id


def screens(desk: Desk) -> list[str]:
    return [desk.says("林晓", said) or "" for said in SCREENS]


def keep(desk: Desk) -> None:
    keep_totals(desk.store, desk.service.policy, desk.clock.now())


def folded(desk: Desk) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(Item).where(Item.folded)) or 0


def as_counted_one_by_one(desk: Desk) -> dict[str, int]:
    """Every count without the totals."""
    now = desk.service.policy.calendar.local(desk.clock.now())
    with desk.store.write() as session:
        totals.renew(session)
        return numbers.count(session, Among(), list(COUNTS), now)


def as_told(desk: Desk) -> dict[str, int]:
    now = desk.service.policy.calendar.local(desk.clock.now())
    with desk.store.read() as session:
        return numbers.count(session, Among(), list(COUNTS), now)


def test_folding_the_past_in_changes_no_figure(desk: Desk) -> None:
    years(desk)
    before = screens(desk)
    assert folded(desk) == 0

    keep(desk)

    assert folded(desk) == 28
    assert screens(desk) == before
    told = as_told(desk)
    assert told["received"] == 45
    assert told == as_counted_one_by_one(desk)


def test_whoever_changes_what_was_folded_takes_it_out_of_the_totals(desk: Desk) -> None:
    years(desk)
    keep(desk)
    before = as_told(desk)

    with desk.store.write() as session:
        item = session.scalars(select(Item).where(Item.folded, Item.officer_id == officer(desk)).limit(1)).one()
        turn = Turn(session, desk.service.policy, desk.clock.now())
        outcome.reopen(turn, item, people.with_role(session, "coordinator")[0], "企业说又坏了")

    assert folded(desk) == 27
    after = as_told(desk)
    assert after["closed"] == before["closed"] - 1
    assert after["open"] == before["open"] + 1
    assert after == as_counted_one_by_one(desk)
    desk.forget()


def test_when_a_count_comes_to_mean_something_else_the_totals_are_made_anew(desk: Desk) -> None:
    years(desk)
    keep(desk)
    with desk.store.write() as session:
        session.execute(update(Total).values(basis="of another release", count=Total.count + 7))

    keep(desk)

    assert folded(desk) == 28
    with desk.store.read() as session:
        assert "of another release" not in session.scalars(select(Total.basis)).all()
    assert as_told(desk) == as_counted_one_by_one(desk)


def test_what_is_restricted_is_in_no_total(desk: Desk) -> None:
    seed(desk, 3, **STRUCK_OFF, restricted=True, registered_at=desk.clock.now() - timedelta(days=300))

    keep(desk)

    assert folded(desk) == 0
    assert as_told(desk)["received"] == 0
