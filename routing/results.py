"""How an item may end, and by which words of the officer it is told."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.facts import FactError, read

FILE = "results.toml"
ENDS = ("solved", "planned", "explained", "not_in_remit")
"""The ends that are kept with an item and counted."""
GAP = "[^，,。；;！!？?]{0,12}"
NAMED = r"[:：\s]*([^，,。；;！!、\s]{2,16})"


@dataclass(frozen=True, slots=True)
class Result:
    """One way to end, or (`done` false) what is told as an end and is none."""

    code: str
    name: str
    words: tuple[str, ...]
    done: bool = True
    dated: bool = False
    referred: bool = False
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        told = "|".join(re.escape(word).replace("…", GAP) for word in (self.name, *self.words))
        object.__setattr__(self, "pattern", re.compile(told))

    @property
    def rule(self) -> str:
        return f"{FILE}: {self.code}"


@dataclass(frozen=True, slots=True)
class Results:
    results: tuple[Result, ...]
    otherwise: Result
    thin: int
    referred_to: re.Pattern[str]

    @classmethod
    def load(cls, override: Path | None = None) -> "Results":
        """Read `results.toml`. Raises FactError naming the result and what is wrong with it."""
        facts = read(__file__, FILE, override)
        results = tuple(_result(entry, n) for n, entry in enumerate(facts.get("result", []), 1))
        known = {result.code: result for result in results}
        if missing := set(ENDS) - known.keys():
            raise FactError(f"{FILE}: result {min(missing)!r} is missing")
        otherwise = known.get(facts.get("otherwise", ""))
        if otherwise is None or not otherwise.done or otherwise.dated or otherwise.referred:
            raise FactError(f"{FILE}: otherwise: must be a result that needs no more than words")
        if not isinstance(facts.get("thin"), int) or not facts.get("whom"):
            raise FactError(f"{FILE}: thin must be a number of characters, whom a list of words")
        leads = sorted((re.escape(word) for word in facts["whom"]), key=len, reverse=True)
        return cls(results, otherwise, facts["thin"], re.compile(f"(?:{'|'.join(leads)}){NAMED}"))

    def told(self, words: str) -> tuple[Result, ...]:
        """The ends that words tell of, in the order of the table; none: nothing speaks against `otherwise`."""
        return tuple(result for result in self.results if result.pattern.search(words))

    def named(self, words: str) -> Result | None:
        """The end that is chosen by its name at the start."""
        return next((result for result in self.results if words.startswith(result.name)), None)

    def whom(self, words: str) -> str:
        """To whom the words say it was handed; empty when they do not."""
        found = self.referred_to.search(words)
        return found[1] if found else ""

    def is_thin(self, result: str) -> bool:
        """Too few words to say how it was solved."""
        return len("".join(result.split())) < self.thin


def _result(entry: dict[str, Any], number: int) -> Result:
    where = f"{FILE}: result {entry.get('code', number)}"
    try:
        result = Result(**{**entry, "words": tuple(entry["words"])})
    except (KeyError, TypeError, AttributeError) as error:
        raise FactError(f"{where}: missing or unknown entry: {error}") from error
    if result.done != (result.code in ENDS):
        raise FactError(f"{where}: done is for exactly {', '.join(ENDS)}")
    if not result.name or not all(result.words):
        raise FactError(f"{where}: an empty word would be found in everything")
    return result
