"""Posts without which items would wait for nobody: said by `lianxin check`."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from store import people

NEEDED = {
    "coordinator": "what no rule can assign would wait for ever",
    "discipline": "reports of misconduct would wait for a receiver",
}


def gaps(session: Session) -> Iterator[str]:
    """A line for each post that nobody in the service has."""
    for role, reason in NEEDED.items():
        if not people.with_role(session, role):
            yield f"people: no active {role}: {reason}; import one"
