"""Learning from corrections: a proposal in a folder of its own, replayed over all past items.

Nothing changes by itself.

Only `lianxin train` and `lianxin learn` import this module: what trains a model costs a second and 100 MB to load.
"""

import difflib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from intake import categories, clauses, mentions, model, stock
from intake.analyse import Analyser
from intake.forwarded import without_speakers
from intake.train import train
from store import corrections, items
from store.tables import Correction, Item

BY_HAND = "by hand"
ENDED_WELL = ("resolved", "rated", "verified", "closed")
NAMED = 20
NO_MARKS = str.maketrans("〔〕", "（）")
"""In an example these would mark where a problem ends."""
Change = tuple[Item, str, str]
"""An item, and its category as it was understood before and after."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a proposal would have changed of past items whose category is known: item, old and new answer."""

    judged: int
    fixes: tuple[Change, ...]
    breaks: tuple[Change, ...]


def train_to(folder: Path, override: Path | None, cache: Path | None) -> str:
    """Train the model from the example files (those of `override` where it holds some) and write it to `folder`."""
    known = categories.load(override)
    examples = stock.load(known, override)
    made = train(examples, tuple(known.by_code), clauses.load(override, cache))
    (folder / model.FILE).write_bytes(model.packed(made))
    return f"{model.FILE}: {len(examples.examples)} examples, {len(made.weights) - 1} grams"


def propose(session: Session, out: Path, override: Path | None, cache: Path | None) -> Iterator[str]:
    """Write a proposal to the empty folder `out`, made of the corrections in the database, and say what it would do.

    `out` then holds everything of `override`, `learned.jsonl` with the new examples, and the model trained with them:
    it can be given as LIANXIN_CONFIG_DIR once somebody has read it. Phone numbers do not go in.
    """
    if override is not None:
        shutil.copytree(override, out, dirs_exist_ok=True)
    found = corrections.latest_of_each_item(session)
    learned = out / stock.LEARNED
    before = learned.read_text(encoding="utf-8").splitlines() if learned.is_file() else []
    after = _with_new(before, found, mentions.load(override))
    if after == before:
        yield "nothing to learn: no corrections beside those already learned"
        return
    learned.write_text("".join(f"{line}\n" for line in after), encoding="utf-8")
    yield from difflib.unified_diff(before, after, stock.LEARNED, stock.LEARNED, lineterm="", n=0)
    yield train_to(out, out, cache)
    now, then = Analyser.load(override, cache), Analyser.load(out, cache)
    yield from _misled(found, now, then)
    yield from _told(replay(items.judged(session), now, then))
    yield f"the proposal is in {out}; it changes nothing until LIANXIN_CONFIG_DIR names it"


def _with_new(before: Sequence[str], found: Sequence[Correction], named: mentions.Reader) -> list[str]:
    """The lines already learned and those of the corrections; a text corrected again takes the place of its line."""
    lines = {json.loads(line)["text"]: line for line in before}
    for correction in found:
        item = correction.item
        text = named.masked(without_speakers(item.text)).translate(NO_MARKS)
        row = {"text": text, "category": correction.after, "nature": item.nature, "urgent": item.urgent}
        if text.strip():
            lines[text] = json.dumps(row, ensure_ascii=False)
    return list(lines.values())


def _misled(found: Sequence[Correction], now: Analyser, then: Analyser) -> Iterator[str]:
    """The words that had misled, and what they weigh for the wrong category now and then."""
    words = {(word, one.before) for one in found if one.before != one.after for word in one.misled if ":" not in word}
    for word, code in sorted(words)[:NAMED]:
        weights = (f"{analyser.weight_of(word, code):.2f}" for analyser in (now, then))
        yield f"weight of {word} for {code}: {' -> '.join(weights)}"


def replay(past: Sequence[Item], now: Analyser, then: Analyser) -> Replay:
    """Both models on every past item whose category a person has chosen, or which was solved under it."""
    judged = 0
    fixes: list[Change] = []
    breaks: list[Change] = []
    for item in past:
        if item.rules.get("category") == BY_HAND or item.state in ENDED_WELL:
            judged += 1
            old, new = (_category(analyser, without_speakers(item.text)) for analyser in (now, then))
            if (old == item.category) != (new == item.category):
                (fixes if new == item.category else breaks).append((item, old, new))
    return Replay(judged, tuple(fixes), tuple(breaks))


def _category(analyser: Analyser, text: str) -> str:
    problems = analyser.analyse([text]).problems
    return problems[0].category if problems else ""


def _told(replayed: Replay) -> Iterator[str]:
    broken = "; ".join(f"{item.number} {old or '-'} -> {new or '-'}" for item, old, new in replayed.breaks[:NAMED])
    yield (
        f"replayed {replayed.judged} past items: fixes {len(replayed.fixes)}, breaks {len(replayed.breaks)}"
        f"{': ' if broken else ''}{broken}"
    )
