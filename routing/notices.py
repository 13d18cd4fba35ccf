"""Who hears of what: a table from occasions to recipients to texts."""

from dataclasses import dataclass
from pathlib import Path

from store.facts import FactError, read

FILE = "notices.toml"
RECIPIENTS = (
    "contact",
    "officer",
    "follower",
    "offered",
    "supporter",
    "former_supporter",
    "late_supporter",
    "late_supporter_head",
    "watcher",
    "head",
    "coordinator",
    "leader",
    "duty",
    "discipline",
)


@dataclass(frozen=True, slots=True)
class Notices:
    occasions: dict[str, dict[str, str]]

    @classmethod
    def load(cls, override: Path | None = None) -> "Notices":
        """Read `notices.toml`. Raises FactError for a recipient nobody knows."""
        facts = read(__file__, FILE, override)
        for occasion, told in facts.items():
            check_recipients(told, f"{FILE}: {occasion}")
        return cls(facts)

    def tables(self) -> list[tuple[str, dict[str, str]]]:
        """Who is told what: where that stands, and the table."""
        return [(f"{FILE}: {occasion}", told) for occasion, told in self.occasions.items()]

    def text_keys(self) -> set[str]:
        return {key for told in self.occasions.values() for key in told.values()}


def check_recipients(told: dict[str, str], where: str) -> None:
    """Raise FactError when a table of recipients names one that does not exist."""
    for recipient in told:
        if recipient not in RECIPIENTS:
            raise FactError(f"{where}: unknown recipient {recipient!r}; one of {', '.join(RECIPIENTS)}")
