"""For which enterprise somebody speaks who speaks for several: the one they name, or else the last one."""

import re

from sqlalchemy.orm import Session

from store import bindings
from store.tables import Enterprise, Person

FORM = re.compile(r"(?:(?:集团|控股)?(?:股份|有限责任|有限)*公司|集团|厂|合作社)$")
"""How a company's name ends; what is before it tells it apart."""
LEAST = 2


def named(name: str) -> str:
    """The name without its legal form, as people say it."""
    return FORM.sub("", name) or name


def speaks_for(session: Session, person: Person, text: str) -> Enterprise | None:
    """The enterprise a report is for. A name that fits several tells nothing."""
    own = list(person.enterprises)
    if len(own) < 2:
        return own[0] if own else None
    longest = max(len(one.name) for one in own)
    for length in range(longest, LEAST - 1, -1):
        found = [one for one in own if length <= len(one.name) and one.name[:length] in text]
        if len(found) == 1:
            return found[0]
        if found:
            break
    last = bindings.last_spoken_for(session, person)
    return next((one for one in own if one.id == last), own[0])
