"""Every sentence a user can read, made from `texts.toml` and facts."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from store.facts import FactError, read

FILE = "texts.toml"
NUMBER = re.compile(r"(?<!\d)\d{8}-(\d{3,})")
BRIEF_LIMIT = 20
"""Characters of a `thing` field of a template message, the short form used outside the chat window."""


@dataclass(frozen=True, slots=True)
class Text:
    body: str
    brief: str
    matter: str
    buttons: tuple[tuple[str, str], ...]  # (what is said when pressed, label)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A sentence ready to send. For a template message there are `brief`, what to do, and `matter`, what it is
    about; each at most 20 characters."""

    text: str
    brief: str = ""
    matter: str = ""
    buttons: tuple[tuple[str, str], ...] = ()

    def with_line(self, line: str) -> "Rendered":
        """The same with a line below it."""
        return replace(self, text=f"{self.text}\n{line}")


@dataclass(frozen=True, slots=True)
class Texts:
    texts: Mapping[str, Text]
    labels: Mapping[str, Mapping[str, str]]
    help: Mapping[str, Mapping[str, str]]
    weekdays: tuple[str, ...]

    @classmethod
    def load(cls, override: Path | None = None) -> "Texts":
        """Read `texts.toml`. Raises FactError when an entry has no text or a button is not "words|label"."""
        loaded = cls._read(override)
        if override is not None:
            _check(loaded, cls._read(None))
        return loaded

    @classmethod
    def _read(cls, override: Path | None) -> "Texts":
        facts = read(__file__, FILE, override)
        try:
            texts = {key: _text(entry) for key, entry in facts["text"].items()}
            return cls(texts, facts["label"], facts["help"], tuple(facts["label"]["weekday"].values()))
        except KeyError as error:
            raise FactError(f"{FILE}: {error} is missing") from error
        except (TypeError, ValueError) as error:
            raise FactError(f"{FILE}: {error}") from error

    def render(self, key: str, **facts: Any) -> Rendered:
        """The text of this key. A missing fact is a mistake of the caller and raises KeyError."""
        entry = self.texts[key]
        facts = {name: _harmless(value) for name, value in facts.items()}
        text = "\n".join(_filled(entry.body, facts))
        buttons = tuple((said.format_map(facts), label.format_map(facts)) for said, label in entry.buttons)
        brief, matter = (_short(form.format_map(facts)) for form in (entry.brief, entry.matter))
        return Rendered(text, brief, matter, buttons)

    def say(self, key: str, **facts: Any) -> str:
        return self.render(key, **facts).text

    def label(self, table: str, code: str | int | None) -> str:
        """The Chinese word for a code of one of the label tables; the code itself when there is none."""
        return self.labels[table].get(str(code), str(code or ""))


def can_say(texts: Texts, said: Rendered) -> str:
    """A sentence with the words behind its buttons named, for where there can be no buttons."""
    words = "、".join(NUMBER.sub(r"\1", words) for words, _ in said.buttons)  # they are typed by hand
    return texts.say("can_say", text=said.text, words=words) if words else said.text


def _text(entry: Mapping[str, Any]) -> Text:
    buttons = tuple(tuple(button.split("|")) for button in entry.get("buttons", []))
    if any(len(button) != 2 for button in buttons):
        raise ValueError(f"a button must be 'words|label': {entry['buttons']}")
    return Text(entry["text"].strip("\n"), entry.get("brief", ""), entry.get("matter", ""), buttons)


def _harmless(fact: Any) -> Any:
    """What people wrote must not become a link on somebody else's phone: a link there can speak for its reader."""
    return fact.replace("<", "\uff1c") if isinstance(fact, str) else fact


def _filled(template: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a text. One whose facts are all empty is left out, so that texts need no conditions."""
    for line in template.split("\n"):
        needed = fields_of(line)
        if not needed or any(str(facts[name]) for name in needed):
            yield line.format_map(facts).rstrip()


def _check(given: Texts, shipped: Texts) -> None:
    """An office's own texts must say all that is said, with facts that are there when it is said."""
    for table in ("texts", "labels", "help"):
        if missing := getattr(shipped, table).keys() - getattr(given, table).keys():
            raise FactError(f"{FILE}: {table}: {min(missing)!r} is missing")
    for key, text in given.texts.items():
        known = _facts_of(shipped.texts[key]) if key in shipped.texts else set()
        if unknown := _facts_of(text) - known:
            raise FactError(
                f"{FILE}: text.{key}: unknown fact {min(unknown)!r}; it may use {', '.join(sorted(known))}"
            )


def _facts_of(text: Text) -> set[str]:
    forms = (text.body, text.brief, text.matter, *(part for button in text.buttons for part in button))
    return {name for form in forms for name in fields_of(form)}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= BRIEF_LIMIT else line[: BRIEF_LIMIT - 1] + "…"


def fields_of(template: str) -> set[str]:
    """The names of the facts a template needs."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
