"""Chat text as people type it, made plain for matching; the original is never changed."""

import re
from dataclasses import dataclass
from pathlib import Path

from opencc import OpenCC

from store import facts

FILE = "clean.toml"
CHINESE = re.compile(r"[\u3400-\u9fff]")

# One character for one character, so that a place in the plain text is a place in the original.
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
# These full-width marks end a clause in Chinese; their half-width twins also stand inside numbers.
_KEPT = "，。！？；：（）"
_TO_HALF = {code: half for code, half in _HALF_WIDTH.items() if chr(code) not in _KEPT}

_UNUSABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\u200b-\u200f\u2028\u2029]")
_TAG = re.compile(r"\[[^\[\]\n]{1,8}\]")
_NOT_TEXT = re.compile(r"[^\w\s\u3000-\u303f，。！？；：（）、,.!?;:()%&+#\"'“”‘’<>=*/@~…—-]")
_REPEATS = re.compile(r"([^\d])\1{2,}")
_SPACE = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True, eq=False)
class Cleaner:
    """Makes text comparable. `plain` keeps every position, `clean` may shorten."""

    converter: OpenCC
    slips: dict[str, str]
    slip: re.Pattern[str]
    symbols: dict[str, str]

    def plain(self, text: str) -> str:
        """Half-width, simplified, without control characters; exactly as long as `text`."""
        usable = _UNUSABLE.sub(" ", text).translate(_TO_HALF)
        simple = str(self.converter.convert(usable))
        # A phrase that converts to another length would move every later position.
        return simple if len(simple) == len(usable) else usable

    def clean(self, text: str) -> str:
        """Text to match against: plain, without emoji and media tags, repeats cut to two, slips corrected."""
        return self.words(self.plain(text))

    def words(self, plain: str) -> str:
        """The same for text that is plain already."""
        words = plain if plain.isalnum() else _SPACE.sub(" ", _NOT_TEXT.sub(" ", _TAG.sub(" ", plain))).strip()
        short = _REPEATS.sub(r"\1\1", words)
        return self.slip.sub(lambda found: self.slips[found.group()], short)

    def symbol(self, text: str) -> str | None:
        """What the first telling emoji says (clean.toml), "nod" for any other symbol or tag, None without one."""
        told = next((self.symbols[char] for char in text if char in self.symbols), None)
        shown = _TAG.search(text) or _NOT_TEXT.search(self.plain(text))
        return told or ("nod" if shown else None)


def load(override: Path | None = None) -> Cleaner:
    """The cleaner with the slips of clean.toml. Raises FactError."""
    table = facts.read(__file__, FILE, override)
    slips = _slips(table.get("slips", {}))
    longest_first = sorted(slips, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return Cleaner(OpenCC("t2s"), slips, pattern, _symbols(table.get("symbols", {})))


def _slips(table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise facts.FactError(f"{FILE}: slips: must be a table")
    for wrong, right in table.items():
        if not wrong or not isinstance(right, str) or not right:
            raise facts.FactError(f"{FILE}: slips: {wrong!r} must name its correction")
    return dict(table)


def _symbols(table: object) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(chars, str) for chars in table.values()):
        raise facts.FactError(f"{FILE}: symbols: must map a meaning to its symbols")
    return {char: meaning for meaning, chars in table.items() for char in chars}
