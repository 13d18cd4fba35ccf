"""Answers that are asked for again and again within one transaction: who holds a role, who is away, which unit is
above. Remembered only while somebody says so, because a transaction that changes people must see what it changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

KEPT = "remembered"
P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def remembering(session: Session) -> Iterator[None]:
    """Within the block each remembered query is asked once for the same arguments."""
    session.info[KEPT] = {}
    try:
        yield
    finally:
        del session.info[KEPT]


def remembered(query: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """A named query that is remembered within `remembering`. Its arguments must be hashable."""

    @wraps(query)
    def asked(session: Session, /, *args: P.args, **named: P.kwargs) -> R:
        kept: dict[Any, R] | None = session.info.get(KEPT)
        if kept is None:
            return query(session, *args, **named)
        key = (query, args, tuple(named.items()))
        if key not in kept:
            kept[key] = query(session, *args, **named)
        return kept[key]

    return asked


def foresee(session: Session, query: Callable[..., R], answers: Mapping[tuple[Any, ...], R]) -> None:
    """What a remembered query would answer to these arguments is known already: it was asked for all at once. Nothing
    is kept where nothing is remembered."""
    kept: dict[Any, Any] | None = session.info.get(KEPT)
    if kept is not None:
        kept.update({(query.__wrapped__, args, ()): answer for args, answer in answers.items()})  # type: ignore[attr-defined]
