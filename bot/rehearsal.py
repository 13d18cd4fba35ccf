"""`lianxin check --calendar`: what another calendar would change, in words."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.service import Service
from routing import calendar_file
from routing.rehearsal import BECOMES, CEASES, Change, Rehearsal, rehearse
from store import items


def lines(session: Session, service: Service, file: Path, override: Path | None, now: datetime) -> Iterator[str]:
    """The answer, a line each. Raises FactError when the file describes no calendar."""
    calendar = calendar_file.rehearsed(file, override)
    with session.no_autoflush:  # deadlines are tried on and taken off again; nothing of it may be written
        made = rehearse(items.all_open(session), service.policy, calendar, now)
        yield _sum(service, file, made)
        for change in made.changes:
            yield _line(service, change)
        if made.named:
            numbers = "、".join(item.number for item in made.named)
            yield service.texts.say("rehearsal_named", count=len(made.named), numbers=numbers)
        yield service.texts.say("rehearsal_end")


def _sum(service: Service, file: Path, made: Rehearsal) -> str:
    return service.texts.say(
        "rehearsal",
        file=file.name,
        looked=made.looked,
        moved=sum(change.moves for change in made.changes),
        becomes=sum(change.overdue == BECOMES for change in made.changes),
        ceases=sum(change.overdue == CEASES for change in made.changes),
        later=sum(change.later for change in made.changes),
        earlier=sum(change.earlier for change in made.changes),
    )


def _line(service: Service, change: Change) -> str:
    """One item. Of a restricted one the number alone is said."""
    item, when, say = change.item, service.speaker.when, service.texts.say
    officer = item.officer.name if item.officer and not item.restricted else ""
    said = [
        say("rehearsal_moved", was=when(change.was_at), due=when(change.due_at)) if change.moves else "",
        service.texts.label("rehearsal", change.overdue) if change.overdue else "",
        say("rehearsal_later", count=change.later) if change.later else "",
        say("rehearsal_earlier", count=change.earlier) if change.earlier else "",
    ]
    return say("rehearsal_line", number=item.number, officer=officer, said="，".join(filter(None, said)))
