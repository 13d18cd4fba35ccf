"""What must hold after every tick, whatever people do."""

from collections import Counter
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from routing.lifecycle import ENDED, IN_HAND
from store import numbers
from store.numbers import Among
from store.tables import Event, Handover, Item, Pause, Person, Push, Reminder, Support
from tests.desk import Desk

SUMMED = ["received", "open", "closed", "ended", "in_scope", "out_of_scope"]
OFFICE_HAS_IT = ("registered", "triage")
"""Nobody is named yet: the item is the office's."""


class Laws:
    """Looks at what has changed since it last looked, so that a year of ticks can be watched."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._event = 0
        self._sent_until = desk.clock.now()
        self._had: Counter[tuple[int, date]] = Counter()
        self._news: dict[int, datetime] = {}

    def check(self) -> None:
        now = self._desk.clock.now()
        with self._desk.store.read() as session:
            self._every_open_item_has_one_owner_and_a_next_check(session, now)
            self._what_was_sent_was_sent_once_and_in_hours(session)
            self._what_is_planned_lies_ahead(session, now)
            self._events_are_true(session)
            self._nobody_is_waited_for_in_vain(session, now)
            self._numbers_add_up(session, now)

    def _every_open_item_has_one_owner_and_a_next_check(self, session: Session, now: datetime) -> None:
        for item, officer in session.execute(
            select(Item, Person).outerjoin(Person, Person.id == Item.officer_id).where(Item.closed_at.is_(None))
        ):
            what = f"{item.number} {item.state} at {now}"
            assert (officer is not None and officer.active) or item.state in OFFICE_HAS_IT or item.restricted, what
            assert item.next_check_at is not None, what
            assert item.next_check_at > now, f"{what}: next check {item.next_check_at}"

    def _what_was_sent_was_sent_once_and_in_hours(self, session: Session) -> None:
        calendar = self._desk.service.policy.calendar
        for push in session.scalars(select(Push).where(Push.sent_at > self._sent_until)):
            assert push.sent_at is not None
            assert push.urgent or calendar.is_open(push.sent_at), f"{push.text_key} at {calendar.local(push.sent_at)}"
            if push.digest_id is None:
                self._nobody_is_disturbed_too_often(push, push.sent_at)
        self._sent_until = self._desk.clock.now()
        alone = (Push.status == "sent") & Push.digest_id.is_(None)
        carried = session.scalar(select(func.count()).select_from(Push).where(alone))
        assert carried == len(self._desk.phones.sent), "a push was sent twice, or one nobody has put"

    def _nobody_is_waited_for_in_vain(self, session: Session, now: datetime) -> None:
        """What goes on beside an item ends with the work on it; a pause wakes."""
        offers = select(Item).join(Item.handovers).where(Handover.status == "offered")
        supports = select(Item).join(Item.supports).where(Support.status == "asked")
        for item in (*session.scalars(offers), *session.scalars(supports)):
            assert item.state in IN_HAND, f"{item.number} {item.state} at {now}"
        for item, pause in session.execute(select(Item, Pause).join(Item.pauses).where(Pause.status == "running")):
            assert item.state == "handling", f"{item.number} {item.state} at {now}"
            assert item.paused_until == pause.until_at > now, item.number
        paused = session.scalar(select(func.count()).where(Item.paused_until.is_not(None)))
        running = session.scalar(select(func.count()).where(Pause.status == "running"))
        assert paused == running

    def _nobody_is_disturbed_too_often(self, push: Push, sent_at: datetime) -> None:
        service, who = self._desk.service, push.person
        if not push.urgent:
            day = (who.id, service.policy.calendar.local(sent_at).date())
            self._had[day] += 1
            assert self._had[day] <= service.policy.pace.cap[who.role], f"{who.name} on {day[1]}"
        if push.recipient == "contact":
            last, self._news[who.id] = self._news.get(who.id), sent_at
            danger = push.item is not None and push.item.kind == "emergency"
            assert danger or last is None or sent_at - last >= service.policy.pace.gap, f"{who.name} at {sent_at}"

    def _what_is_planned_lies_ahead(self, session: Session, now: datetime) -> None:
        late = (Reminder.status == "planned") & ((Reminder.due_at <= now) | Item.closed_at.is_not(None))
        assert not session.execute(select(Item.number, Reminder.rung).join(Reminder.item).where(late)).all(), now

    def _events_are_true(self, session: Session) -> None:
        new = session.scalars(select(Event).where(Event.id > self._event).order_by(Event.id)).all()
        for event in new:
            if event.action == "close":
                self._closed_after_a_check_by_another(event)
        self._event = max([self._event, *(event.id for event in new)])
        for item in {event.item for event in new}:
            steps = [(event.state_before, event.state_after) for event in item.events]
            assert all(after == before for (_, after), (before, _) in pairwise(steps)), item.number
            assert steps[-1][1] == item.state, item.number
            assert (item.closed_at is not None) == (item.state in ENDED), item.number

    def _closed_after_a_check_by_another(self, closing: Event) -> None:
        item = closing.item
        before = item.events[: closing.seq - 1]
        checks = [event for event in before if event.action == "verify"]
        assert checks, f"{item.number} was closed unchecked"
        assert checks[-1].actor_id is not None
        assert item.handler_id not in (checks[-1].actor_id, closing.actor_id), f"{item.number}: by its handler"
        answered = [event.action for event in before if event.action in ("rate", "object", "lapse")]
        assert answered, f"{item.number} was closed and the enterprise neither rated nor let the time pass"

    def _numbers_add_up(self, session: Session, now: datetime) -> None:
        everything = Among()
        counted = numbers.count(session, everything, SUMMED, now)
        assert counted["received"] == counted["open"] + counted["closed"] + counted["ended"]
        assert counted["received"] == counted["in_scope"] + counted["out_of_scope"]
        assert sum(numbers.open_by_state(session, everything).values()) == counted["open"]
        assert sum(numbers.open_by_category(session, everything).values()) == counted["open"]
        assert sum(numbers.by_source(session, everything).values()) == counted["received"]
