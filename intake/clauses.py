"""Messages become clauses: stretches of the original text with their clean words, ready for the model."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from intake import clean, cut, rules
from intake.clean import Cleaner
from intake.cut import Cutter
from intake.grams import Look, look
from store.facts import read

FILE = "split.toml"
FRAGMENT = "\n"
SHORTEST = 4
"""So many characters at least stand before a word that joins a further wish."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the original text (`start` to `end`) with its clean words, as they are and as the model sees
    them (`look`). `calls`: it only says whom to call.

    `before`: the mark that ends the clause before; a line break for a new message, "" at the beginning.
    `listed`: it begins with a number of a list. `further`: it begins with words that announce a further matter.
    `counts`: it says that several matters follow (两件事).
    """

    start: int
    end: int
    words: str
    before: str
    listed: bool
    further: bool
    counts: bool
    calls: bool
    look: Look = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """Cuts text by its marks and numbers. Pure."""

    cleaner: Cleaner
    cutter: Cutter
    clause_end: re.Pattern[str]
    listed: re.Pattern[str]
    joined: re.Pattern[str]
    turn: re.Pattern[str]
    counted: re.Pattern[str]
    contact: re.Pattern[str]

    def read(self, text: str) -> list[Clause]:
        """The clauses of a text in order; marks and empty stretches are left out."""
        plain = self.cleaner.plain(text)
        numbers = {hit.start() for hit in self.listed.finditer(plain)}
        counted = [hit.start() for hit in self.counted.finditer(plain)]
        joins = (hit.start() for hit in self.joined.finditer(plain) if hit.start() >= SHORTEST)
        ends = [(mark.start(), mark.end()) for mark in self.clause_end.finditer(plain)]
        cuts = sorted({*ends, *((at, at) for at in (*numbers, *joins)), (len(plain), len(plain))})
        found: list[Clause] = []
        start, before = 0, ""
        for stop, resume in cuts:
            words = self.cleaner.words(plain[start:stop])
            if words and stop < len(plain) and (self.joined.fullmatch(words) or self.turn.fullmatch(words)):
                continue  # 还有，… belongs to what it announces
            if words:
                further = (self.joined.match(words) or self.turn.match(words)) is not None
                seen = look(words, self.cutter)
                calls = self.contact.fullmatch(words) is not None
                counts = any(start <= at < stop for at in counted)
                found.append(Clause(start, stop, words, before, start in numbers, further, counts, calls, seen))
                before = ""
            before = _stronger(before, plain[stop:resume])
            start = resume
        return found


def _stronger(before: str, mark: str) -> str:
    """Of several marks in a row the one that separates most: a new message, else the first."""
    if FRAGMENT in before or FRAGMENT in mark:
        return FRAGMENT
    return before or mark.strip()[:1] or mark[:1]


def words_of(clauses: list[Clause]) -> str:
    """The clean words of several clauses as one text."""
    return "，".join(clause.words for clause in clauses)


def span_of(text: str, clauses: list[Clause]) -> str:
    """The stretches of the original text that these clauses cover; what lies between is left out."""
    runs: list[list[int]] = []
    for clause in clauses:
        if runs and not any(map(str.isalnum, text[runs[-1][1] : clause.start])):
            runs[-1][1] = clause.end
        else:
            runs.append([clause.start, clause.end])
    return "\n".join(text[start:end].strip() for start, end in runs)


def load(override: Path | None = None, cache: Path | None = None) -> Reader:
    """The reader of split.toml, clean.toml and words.txt. Raises FactError."""
    table = read(__file__, FILE, override)
    end = rules.pattern(FILE, "clause_end", [rules.text(FILE, table, "clause_end")])
    listed = rules.pattern(FILE, "listed", rules.strings(FILE, "listed", table, "listed"))
    joined = rules.pattern(FILE, "joined", [rules.text(FILE, table, "joined")])
    turn = rules.pattern(FILE, "turn", rules.strings(FILE, "turn", table, "turn"))
    counted = rules.pattern(FILE, "counted", [rules.text(FILE, table, "counted")])
    contact = rules.pattern(FILE, "contact", [rules.text(FILE, table, "contact")])
    return Reader(clean.load(override), cut.load(override, cache), end, listed, joined, turn, counted, contact)
