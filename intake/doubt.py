"""Where the sum of its weights leaves in doubt what kind a message is, the examples nearest to it have a say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake import rules
from intake.grams import Look
from intake.kinds import ALARMS, PROBLEM, leading
from intake.model import Floats, Model
from intake.stock import KINDS
from store.facts import read

FILE = "doubt.toml"


@dataclass(frozen=True, slots=True)
class Doubt:
    """The settings of doubt.toml; `least` is how like a message an example must be, for each kind."""

    model: Model = field(repr=False)
    lead: float
    alarm: float
    least: tuple[float, ...]
    weight: float

    def settle(self, scores: Floats, looks: Sequence[Look]) -> None:
        """Add to the scores of a message with these clauses (in place), for each kind, what the nearest say."""
        kinds = self.model.heads["kind"].of(scores)
        _, ahead = leading(kinds.tolist())
        if looks and (ahead < self.lead or max(kinds[at] for at in ALARMS.values()) > self.alarm):
            kinds += self.weight * self.model.votes(looks, self.least)


def load(model: Model, override: Path | None = None) -> Doubt:
    """The settings of doubt.toml. Raises FactError."""
    table = read(__file__, FILE, override)
    lead, talk, weight = (rules.positive(FILE, table, "doubt", key) for key in ("lead", "talk", "weight"))
    least = tuple(0.0 if kind == PROBLEM or kind in ALARMS else talk for kind in KINDS)
    return Doubt(model, lead, rules.number(FILE, "doubt", table["doubt"], "alarm"), least, weight)
