"""The account of a rehearsal: what the platform and the phones have seen, against what the database says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.calls import ASKED, DOUBTED
from bot.drill.storm import CHANNELS, Call, canonical
from bot.drill.world import World
from bot.parcels import OURS
from routing.policy import Policy
from store import audit
from store.calls import unfinished
from store.outbox import GIVEN_UP
from store.tables import Push

QUOTA_CODES = (45015, 45047, 45009, 45011)
"""What the platform itself answers to one message, or one call, too many. Ordered faults are not its own answers."""
UNDECIDED = ("ready", "sending", "digest")
SHUTS = ("ip", "quota")
"""Refusals after which nothing is asked for, for a while: the account is shut, whoever waits."""
Key = tuple[str, str, str]
Task = tuple[int, int | None]
Found = tuple[str, dict[str, object]]


@dataclass
class Account:
    """Figures by name, and for each that must be zero what was found, as the key of a text and its facts."""

    figures: Counter[str] = field(default_factory=Counter)
    lost: list[Found] = field(default_factory=list)
    doubled: list[Found] = field(default_factory=list)
    late: list[Found] = field(default_factory=list)
    out_of_hours: list[Found] = field(default_factory=list)
    over_quota: list[Found] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        return not (self.lost or self.doubled or self.late or self.out_of_hours or self.over_quota)

    def line(self) -> str:
        return (
            f"lost={len(self.lost)} doubled={len(self.doubled)} late={len(self.late)} "
            f"out_of_hours={len(self.out_of_hours)}"
        )


@dataclass
class Watch:
    """Looks, while the service is up, for what should have happened by then."""

    world: World
    found: set[tuple[str, int]] = field(default_factory=set)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    _up_since: datetime | None = None
    _down_since: datetime | None = None

    def look(self) -> None:
        now = self.world.clock.now()
        if self._down_since is not None:
            self.down.append((self._down_since, now))
            self._down_since = None
        self._up_since = self._up_since or now
        if now - self._up_since > self.world.plan.late:
            with self.world.service.store.read() as session:
                self.found |= audit.overdue(session, now - self.world.plan.late)

    def went_down(self, since: datetime) -> None:
        """From then on until it looks again nobody is at work."""
        self._up_since, self._down_since = None, self._down_since or since

    def was_up(self, start: datetime, end: datetime) -> bool:
        """Whether somebody was at work all the time from one moment to the other."""
        return not any(begun < end and ended > start for begun, ended in self.down)


def account(world: World, watch: Watch) -> Account:
    """Close the books."""
    made = Account()
    made.late += [(f"late_{kind}", {"id": number}) for kind, number in sorted(watch.found)]
    _alarms(made, world, watch, compare(made, world))
    _traffic(made, world)
    return made


def compare(made: Account, world: World) -> Sequence[Push]:
    """What people said and what they were shown, each against the database; every push there is."""
    with world.service.store.read() as session:
        _messages(made, world, session)
        pushes = audit.pushes(session)
        to_call = {(call.person_id, call.item_id) for call in unfinished(session)}
        _pushes(made, world, pushes, to_call)
    return pushes


def _messages(made: Account, world: World, session: Any) -> None:
    """Every message that was answered stands in the inbox and was understood once."""
    rows = audit.inbox(session)
    written, failed = Counter(row.body for row in rows), {row.body for row in rows if row.failed}
    told = Counter(audit.told(session))
    noted = Counter(str(event.data.get("note", "")) for event in audit.events(session) if event.data.get("note"))
    known = Counter((item.contact.name, item.text) for item in audit.items(session))
    made.figures["items"] = known.total()
    for letter in world.carrier.letters:
        plain, name = letter.plain.decode(), letter.phone.name
        at = world.service.policy.calendar.local(letter.at)
        what: dict[str, object] = {"name": name, "at": f"{at:%m-%d %H:%M}", "text": letter.text[:24]}
        kept = told[letter.phone.account, letter.text] if letter.kind == "told" else 0
        made.figures["messages"] += 1
        made.figures["acknowledged"] += letter.acknowledged
        twice = kept > 1 or known[name, letter.text] > 1 or (letter.kind == "noted" and noted[letter.text] > 1)
        if written[plain] > 1 or twice:
            made.doubled.append(("message", what))
        if letter.acknowledged and (not written[plain] or plain in failed or letter.faults):
            made.lost.append(("message", what))
        elif letter.acknowledged and letter.kind == "told" and not kept:
            made.lost.append(("nowhere", what))


def _pushes(made: Account, world: World, pushes: Iterable[Push], to_call: set[Task]) -> None:
    """Every push was shown once, or somebody in the office can see that it was not."""
    shown, bubbles = _shown(world.storm.calls), _bubbles(world)
    hours = Policy.load(world.plan.config_dir).calendar
    rows: dict[Key, list[Push]] = defaultdict(list)
    pushes = list(pushes)
    by_id = {push.id: push for push in pushes}
    for push in pushes:
        made.figures["pushes"] += 1
        made.figures[f"push {push.status}"] += 1
        if push.channel and push.body and push.digest_id is None:
            rows[key_of(push)].append(push)
        if (
            push.status in UNDECIDED
            and push.next_try < world.clock.now() - world.plan.late
            and push.digest_id is None
        ):
            made.lost.append(("still", {"id": push.id, "key": push.text_key, "status": push.status}))
        first = by_id[push.digest_id] if push.digest_id else push  # what travels together is one message
        to_be_called = (first.person_id, first.item_id) in to_call or first.text_key in (ASKED, DOUBTED)
        if push.status in GIVEN_UP and not to_be_called:
            made.lost.append(("unseen", {"id": push.id, "key": push.text_key, "status": push.status}))
    for key, numbers in shown.items():
        to: dict[str, object] = {"channel": key[0], "to": key[1]}
        made.doubled += [("again", to)] * (len(numbers) - max(1, len(rows[key])))
        if any(push.urgent for push in rows[key]):
            continue
        for moment in sorted(bubbles[number] for number in numbers):
            if not hours.is_open(moment):
                made.out_of_hours.append(("disturbed", {**to, "at": f"{hours.local(moment):%m-%d %H:%M}"}))
    for key, same in rows.items():
        sent = sum(push.status == "sent" for push in same)
        made.lost += [("never", {"channel": key[0], "to": key[1]})] * (sent - len(shown[key]))


def _alarms(made: Account, world: World, watch: Watch, pushes: Iterable[Push]) -> None:
    """What is urgent was on its way to officials soon, at any hour."""
    rest = world.service.limits.token.rest
    shut = [(c.at, c.at + rest) for c in world.storm.calls if c.fault in SHUTS]
    first: dict[Key, datetime] = {}
    for call in world.storm.calls:
        if call.channel in CHANNELS:
            first.setdefault((call.channel, call.to, call.body), call.at)
    for push in pushes:
        if not push.urgent or push.recipient == "contact" or push.channel is None or push.body is None:
            continue
        began, by = first.get(key_of(push)), push.created_at + world.plan.late
        made.figures["urgent pushes"] += 1
        if push.status in GIVEN_UP:
            continue  # in the coordinator's hands
        there = watch.was_up(push.created_at, by) and not any(a < by and b > push.created_at for a, b in shut)
        if there and (began is None or began > by):
            made.late.append(("urgent", {"id": push.id, "key": push.text_key}))


def key_of(push: Push) -> Key:
    """By which way it went, to which account, and what it said: as the platform can tell messages apart."""
    body = {name: value for name, value in (push.body or {}).items() if name not in OURS}
    return str(push.channel), str(body.get("touser", "")), canonical(body)


def _shown(calls: Iterable[Call]) -> dict[Key, set[int]]:
    """The bubbles that each body became. A call that was taken for a repeat became the bubble of the first."""
    shown: dict[Key, set[int]] = defaultdict(set)
    for call in calls:
        if call.shown:
            shown[call.channel, call.to, call.body].add(call.shown)
    return shown


def _bubbles(world: World) -> Mapping[int, datetime]:
    return {entry["id"]: datetime.fromisoformat(entry["at"]) for entry in world.phones.everything()}


def _traffic(made: Account, world: World) -> None:
    calls = world.storm.calls
    made.figures["calls"] = len(calls)
    made.figures["kills at seams"] = sum(fate.struck.total() for fate in world.fates.values())
    made.figures["sends"] = sum(call.channel in CHANNELS for call in calls)
    made.figures["faults"] = sum(bool(call.fault) for call in calls)
    made.figures["repeats dropped"] = sum(bool(call.shown) for call in calls) - sum(
        len(numbers) for numbers in _shown(calls).values()
    )
    for call in calls:
        dropped = call.channel == "wecom" and call.code == 0 and call.shown == 0
        if call.code in QUOTA_CODES or dropped:
            name = "dropped" if dropped else f"errcode {call.code}"
            made.figures[name] += 1
            at = world.service.policy.calendar.local(call.at)
            what: dict[str, object] = {
                "at": f"{at:%m-%d %H:%M:%S}",
                "channel": call.channel,
                "to": call.to,
                "code": call.code,
            }
            made.over_quota.append((name.split()[0], what))
