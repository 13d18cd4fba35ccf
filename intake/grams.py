"""What the model sees of a text: its words, its characters, and neighbours, two and three of them."""

import re
from typing import NamedTuple

from intake.cut import Cutter

WORD = "/"
"""Stands before a whole word, so that it is not taken for the same characters inside something longer."""

_GAP = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_BETWEEN = " \n "


class Look(NamedTuple):
    """A clean text as the model sees it: its runs of letters, each between two blanks and on a line of its own, and
    the words that jieba finds."""

    runs: str
    words: list[str]


def look(text: str, cutter: Cutter) -> Look:
    """A clean text made ready. All numbers are alike."""
    plain = _DIGITS.sub("0", text.casefold())
    return Look(f" {_GAP.sub(_BETWEEN, plain)} ", cutter.words(plain))


def grams(look: Look) -> list[str]:
    """The pieces of a text, each as often as it occurs: its words, its characters, and every two and every three
    neighbours, where a blank stands for the beginning and the end of a run."""
    found = [WORD + word for word in look.words]
    for run in look.runs.split("\n"):
        if len(run) > 2:
            found += run[1:-1]
            found += [run[at : at + long] for long in (2, 3) for at in range(len(run) - long + 1)]
    return found


def is_long(gram: str) -> bool:
    """Whether it is a piece of three neighbours."""
    return len(gram) > 2 and not gram.startswith(WORD)
