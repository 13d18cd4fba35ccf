"""The platforms at the end of the line, without the line: a call fails before it arrives, is refused, or is taken and
its answer lost. Whom it reaches, what it shows and which repeats it drops is the platforms' own matter."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.drill.ground import AGENT
from bot.drill.storm import API_OF, Call, canonical
from bot.message import OA, WECOM
from bot.official import PATHS
from bot.senders import Sender, SendFailed, Trouble, several
from bot.sim.corp import Corp
from bot.sim.faults import Faults
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.wecom import PATH
from bot.worker import senders_for
from tests.histories.clock import Clocks
from tests.histories.town import Town

CALL = {path: call for call, path in PATHS.items()} | {PATH: "wecom"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way a call fails. `taken`: the platform had done what it was asked all the same."""

    name: str
    trouble: Trouble
    taken: bool = False
    seconds: float = 0.2


FAULTS = (
    Fault("busy", Trouble.LATER),
    Fault("busy", Trouble.LATER),
    Fault("quota", Trouble.PAUSE),
    Fault("line down", Trouble.LATER, seconds=3),
    Fault("lost on its way", Trouble.UNCERTAIN, seconds=8),
    Fault("answer lost", Trouble.UNCERTAIN, taken=True, seconds=8),
    Fault("answer lost", Trouble.UNCERTAIN, taken=True, seconds=8),
)


class Shown(Phones):
    """What phones have shown, each also with the moment by our clock, which people's hours are kept by."""

    def __init__(self, clocks: Clocks) -> None:
        super().__init__(Path(os.devnull), clocks.true)
        self._clocks = clocks

    def show(self, *what: Any, **hidden: Any) -> int:
        return super().show(*what, **hidden, by_us=self._clocks.now().isoformat())

    def everything(self) -> list[dict[str, Any]]:
        return [entry | {"at": entry["by_us"]} for entry in super().everything()]


class Vendor:
    """Both platforms. `share` of the calls fail."""

    def __init__(self, town: Town, phones: Phones, clocks: Clocks, random: Random, share: float) -> None:
        names: dict[str, dict[str, str]] = {OA: {}, WECOM: {}}
        for phone in town.people.values():
            names[phone.channel][phone.account] = phone.name
        words = town.words
        self._official = Platform(phones, words, names[OA], clocks.true, Faults())
        self._corp = Corp(phones, words, names[WECOM], clocks.true, AGENT)
        self._codes = town.codes
        self._clocks = clocks
        self._random = random
        self._share = share
        self.calm = False
        self.remembers = True  # whether it drops repeats
        self.calls: list[Call] = []
        self.looks: list[datetime] = []  # for each call the true moment at which whoever makes it looked last
        self.say: Callable[[str], None] = lambda _: None
        self.last_look: Callable[[], datetime] = clocks.true

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One call, in the place of `bot.api.Api`. Raises SendFailed."""
        call, at = CALL[path], self._clocks.now()
        fault = self._fault()
        answer = self._take(call, dict(body)) if fault is None or fault.taken else {}
        code = answer.get("errcode")
        shown = int(answer["msgid"]) if code == 0 else None
        name, to = fault.name if fault else "", str(body.get("touser", ""))
        self.calls.append(Call(at, API_OF[call], call, to, canonical(body), name, code, shown))
        self.looks.append(self.last_look())
        self.say(f"{call} to {to}: {_words(body)} -> {name or code}{f', bubble {shown}' if shown else ''}")
        self._clocks.go_on(timedelta(seconds=fault.seconds if fault else 0.2))
        if fault is not None:
            raise SendFailed(fault.trouble, fault.name)
        if code:
            raise SendFailed(self._codes[API_OF[call]].of(code), f"errcode {code}")
        return answer

    def _fault(self) -> Fault | None:
        failing = not self.calm and self._random.random() < self._share
        return self._random.choice(FAULTS) if failing else None

    def _take(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        if not self.remembers:
            body.pop("enable_duplicate_check", None)
            body.pop("client_msg_id", None)
        if call == "wecom":
            return self._corp.send(self._corp.token()["access_token"], body)
        return self._official.send(call, self._official.token()["access_token"], body)


def _words(body: dict[str, Any]) -> str:
    """The beginning of what a message says."""
    said = str(body.get("text") or body.get("msgmenu") or body.get("template_card") or body.get("data"))
    return said.replace("\n", " ")[:70]


def sender_to(vendor: Vendor, town: Town) -> Sender:
    """The service's own senders, which know nothing yet; in the place of their line stands the vendor."""
    found = senders_for(town.service, town.settings)
    for one in found.values():
        one.api = vendor  # type: ignore[assignment]
    return several(found.values())
