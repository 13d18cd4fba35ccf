"""How a message leaves: the protocol of senders, what can go wrong, and the sender that only prints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from store.facts import FactError, read


class Trouble(StrEnum):
    """What a failed call means for the push; see `errcodes.toml`."""

    TOKEN = "token"
    LATER = "later"
    PAUSE = "pause"
    CHANNEL = "channel"
    DROP = "drop"
    PAYLOAD = "payload"
    CONFIG = "config"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # the body went out and no answer came back


class SendFailed(Exception):
    """A push was not accepted. `note` holds no token, address or text."""

    def __init__(self, trouble: Trouble, note: str) -> None:
        super().__init__(note)
        self.trouble = trouble
        self.note = note


class Taken(str):
    """The platform's id of a message. With a card comes the code by which its buttons can be changed, once."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, number: str, code: str = "") -> "Taken":
        taken = super().__new__(cls, number)
        taken.code = code
        return taken


class Sender(Protocol):
    """One way to people's phones."""

    def channels(self) -> tuple[str, ...]:
        """The ways of this sender, the best first: "custom" needs an open chat window, "template" does not; "wecom"
        reaches members of the directory."""
        ...

    def send(self, channel: str, body: dict[str, Any]) -> str:
        """Send exactly this body; the platform's id of the message. Raises SendFailed."""
        ...


class ConsoleSender:
    """For trying the service without a WeChat account: every push is printed. Not a log: those hold no text."""

    def channels(self) -> tuple[str, ...]:
        return ("console",)

    def send(self, channel: str, body: dict[str, Any]) -> str:
        print(f"{body['name']}: {body['text']}", flush=True)  # noqa: T201
        return "console"


@dataclass(frozen=True, slots=True)
class Several:
    """Several senders as one: each channel has its own."""

    by_channel: Mapping[str, Sender]

    def channels(self) -> tuple[str, ...]:
        return tuple(self.by_channel)

    def send(self, channel: str, body: dict[str, Any]) -> str:
        return self.by_channel[channel].send(channel, body)


def several(senders: Iterable[Sender]) -> Sender:
    """One sender for all accounts; one that prints where there is none."""
    known = {channel: sender for sender in senders for channel in sender.channels()}
    return Several(known) if known else ConsoleSender()


@dataclass(frozen=True, slots=True)
class ErrorCodes:
    """The error codes of one platform, each with what it means for us."""

    meaning: dict[int, Trouble]

    @classmethod
    def load(cls, platform: str, override: Path | None = None) -> "ErrorCodes":
        """One table of `errcodes.toml`. Raises FactError for a class nobody knows or a code given twice."""
        facts = read(__file__, "errcodes.toml", override)
        if platform not in facts:
            raise FactError(f"errcodes.toml: [{platform}] is missing")
        meaning: dict[int, Trouble] = {}
        for word, codes in facts[platform].items():
            if word not in set(Trouble):
                raise FactError(f"errcodes.toml: {platform}: unknown class {word!r}")
            for code in codes:
                if code in meaning:
                    raise FactError(f"errcodes.toml: {platform}: {code} is given twice")
                meaning[code] = Trouble(word)
        return cls(meaning)

    def of(self, code: int) -> Trouble:
        return self.meaning.get(code, Trouble.PAYLOAD)
