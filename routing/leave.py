"""Leave: who is away, who acts, what goes over to the deputy and what comes back. The work moves by the clock."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from routing.acting import acting_rule, holder_of, keeper
from routing.dispatch import await_signature
from routing.leave_news import Move, late, listed, say, span, tell_contacts, tell_new_hands
from routing.lifecycle import State
from routing.policy import Policy, Refused, Turn
from store import absences, people
from store.db import Store
from store.history import record
from store.tables import Item, Leave, Person

MAY_BE_AWAY = ("officer", "head", "discipline", "coordinator")


def keep(store: Store, policy: Policy, now: datetime) -> None:
    """Begin and end what is due; one small question when nothing is."""
    with store.read() as session:
        moment = absences.next_moment(session)
    if moment is None or moment > now:
        return
    with store.write() as session:
        turn = Turn(session, policy, now)
        for absence in absences.due(session, now):
            finish(turn, absence) if absence.ends_at <= now else begin(turn, absence)


def ask(
    turn: Turn, person: Person, deputy: Person, starts_at: datetime, ends_at: datetime, by: Person
) -> tuple[Leave, list[Move]]:
    """Agree on an absence: from when until when, and who acts; it may begin at once. One that this one touches,
    with the same deputy, grows. Raises Refused where nobody would do the work."""
    _check(turn, person, deputy, starts_at, ends_at)
    absence = _joined(turn, person, deputy, starts_at, ends_at)
    if absence is None:
        absence = Leave(
            district_id=person.district_id,
            person=person,
            deputy=deputy,
            by_id=by.id,
            asked_at=turn.now,
            starts_at=starts_at,
            ends_at=ends_at,
            status="planned",
        )
        turn.session.add(absence)
    turn.session.flush()
    starts = absence.status == "planned" and absence.starts_at <= turn.now
    moves = begin(turn, absence, told=False) if starts else []
    until = f"{absence.ends_at:%Y%m%d%H%M}"
    if not moves:  # else the list of what came over has said it
        say(turn, deputy, "leave_deputy", absence, until)
    if by is not person:
        say(turn, person, "leave_for_you", absence, until)
    return absence, moves


def _check(turn: Turn, person: Person, deputy: Person, starts_at: datetime, ends_at: datetime) -> None:
    if deputy is person:
        raise Refused("leave_self")
    if deputy.role != person.role:
        raise Refused("leave_other_role", deputy=deputy.name, role=deputy.role)
    if ends_at <= turn.now:
        raise Refused("leave_past")
    if loop := way_back(turn, deputy, person, starts_at, ends_at):
        raise Refused("leave_loop", deputy=deputy.name, via=loop.person.name, other=loop.deputy.name, **span(loop))


def way_back(turn: Turn, deputy: Person, person: Person, starts_at: datetime, ends_at: datetime) -> Leave | None:
    """The absence by which this deputy's work would come to the one who is away, at some time between."""
    for other in absences.of_person(turn.session, deputy):
        begins, ends = max(starts_at, other.starts_at), min(ends_at, other.ends_at)
        if begins < ends and (other.deputy is person or way_back(turn, other.deputy, person, begins, ends)):
            return other
    return None


def _joined(turn: Turn, person: Person, deputy: Person, starts_at: datetime, ends_at: datetime) -> Leave | None:
    """The absence this one goes on with; raises Refused when it overlaps one with another deputy."""
    mine = absences.of_person(turn.session, person)
    touched = [one for one in mine if one.starts_at <= ends_at and starts_at <= one.ends_at]
    for other in touched:
        if other.deputy is not deputy and other.starts_at < ends_at and starts_at < other.ends_at:
            raise Refused("leave_overlaps", deputy=other.deputy.name, **span(other))
    same = [one for one in touched if one.deputy is deputy]
    for one in same[1:]:  # the new one closes the gap between two: they become one
        one.status = "void"
    if not same:
        return None
    same[0].starts_at = min(starts_at, *(one.starts_at for one in same))
    same[0].ends_at = max(ends_at, *(one.ends_at for one in same))
    return same[0]


def back(turn: Turn, person: Person, by: Person) -> tuple[Leave, list[Move], int]:
    """Back before the time, or not going at all: the absence that runs ends now, or else the next one is off.
    What came back, and how many items were done meanwhile."""
    mine = absences.of_person(turn.session, person)
    if not mine:
        raise Refused("leave_none")
    absence = mine[0]
    if absence.starts_at > turn.now:
        absence.status = "void"
        say(turn, absence.deputy, "leave_void", absence, "void")
        return absence, [], 0
    absence.ends_at = turn.now
    done = absences.done_for(turn.session, person, absence.starts_at, restricted=by is person)
    return absence, finish(turn, absence, told=False), done


def decline(turn: Turn, deputy: Person, absence: Leave) -> None:
    """Whoever was asked to act cannot. What has not begun is off, and whoever wanted to go names another; what runs
    goes on until the office has named another: the work is never in nobody's hands."""
    running = absence.status == "running" or absence.starts_at <= turn.now
    if not running:
        absence.status = "void"
    key = "leave_declined_running" if running else "leave_declined"
    say(turn, absence.person, key, absence, "declined")
    for other in people.with_role(turn.session, "coordinator"):
        if other not in (absence.person, deputy):
            say(turn, other, key, absence, "declined")


def begin(turn: Turn, absence: Leave, *, told: bool = True) -> list[Move]:
    """The absence starts: the open work goes to whoever acts, and everybody concerned is told once."""
    absence.status = "running"
    moves = settle(turn, absence.person)
    tell_new_hands(turn, absence, moves, "begin")
    if told and moves:
        say(turn, absence.person, "leave_taken", absence, "taken", items=listed([move.item for move in moves]))
    tell_contacts(turn, absence, moves)
    return moves


def finish(turn: Turn, absence: Leave, *, told: bool = True) -> list[Move]:
    """The absence is over: what is still open goes back, with a summary to both. What the deputy has declared done
    stays the deputy's deed. An absence that nobody noticed while it ran moves nothing."""
    absence.status = "over"
    done = absences.done_for(turn.session, absence.person, absence.starts_at)
    moves = settle(turn, absence.person)
    tell_new_hands(turn, absence, [move for move in moves if move.owner is not absence.person], "end")
    mine = [move for move in moves if move.owner is absence.person]
    for deputy in dict.fromkeys(move.before for move in moves if move.before):
        gone = [move.item for move in moves if move.before is deputy]
        say(turn, deputy, "leave_over", absence, "over", items=listed(gone), done=done)
    if told and (mine or done):
        overdue = sum(late(turn, move.item) for move in mine)
        facts: dict[str, Any] = {"items": listed([move.item for move in mine]), "done": done, "late": overdue}
        say(turn, absence.person, "leave_returned", absence, "returned", **facts)
    return moves


def settle(turn: Turn, person: Person) -> list[Move]:
    """Put every open item that this person's coming or going touches into the hands of whoever has the work now."""
    away = absences.away(turn.session, turn.now)
    moves = []
    for item in absences.held(turn.session, person, {person.id, *away}):
        owner = item.acting_for or item.officer
        holder = holder_of(turn, item, owner, away) if owner else None
        if owner is not None and holder is not None and holder is not item.officer:
            moves.append(_move(turn, item, owner, holder))
    return moves


def _move(turn: Turn, item: Item, owner: Person, holder: Person) -> Move:
    before = item.officer
    item.officer, item.acting_for = holder, owner if holder is not owner else None
    if item.state == State.ASSIGNED:
        await_signature(turn, item)
    action = "stand_in" if item.acting_for else "hand_back"
    rule = acting_rule(owner, holder) if item.acting_for else f"leave: {owner.name} is back"
    record(item, action, by=None, now=turn.now, rule=rule, before=before.name if before else "", officer=holder.name)
    return Move(item, owner, before, holder)


def acts_at_last(turn: Turn, absence: Leave) -> Person:
    """Who will have the work when it begins: the deputy, or the deputy's deputy when that one is away then."""
    meanwhile = replace(turn, now=max(turn.now, absence.starts_at))
    return keeper(meanwhile, absence.deputy) or absence.deputy
