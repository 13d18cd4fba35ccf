"""WeCom's API as far as the sender uses it: token, message to one member, cards with buttons."""

import json
import re
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sim.credentials import CHINA, Credentials
from bot.sim.faults import OK, error
from bot.sim.phones import Phones

TEXT_BYTES = 2048
PER_MINUTE, PER_HOUR = 30, 1000
RECIPIENTS = 1000
A_DAY = 200
"""Messages a day for each account of the company."""
TASK = re.compile(r"[0-9A-Za-z_@-]{1,128}")
CODE_LIFE = timedelta(hours=72)
CARD = {"title": 36, "subtitle": 160, "buttons": 6, "label": 10, "key": 1024}


@dataclass(frozen=True, slots=True)
class Code:
    """Lets the buttons of one card be changed once: one comes with the message, one with each click (page 94945)."""

    bubbles: Mapping[str, int]  # by member: the card on their phone
    until: datetime


class Corp:
    """Strict where the real one is, and silent where it is silent: what is above a member's pace or past the length
    of a text vanishes without a word."""

    def __init__(
        self,
        phones: Phones,
        words: dict[str, Any],
        names: dict[str, str],
        now: Callable[[], datetime],
        agent_id: int,
        account: tuple[str, str] | None = None,
    ) -> None:
        self._phones = phones
        self._words = words
        self._names = names  # member to name
        self._now = now
        self._agent_id = agent_id
        self._lock = threading.Lock()
        self.credentials = Credentials(now, account, wecom=True)
        self.a_day = A_DAY * max(len(names), 1)
        self._today: Counter[object] = Counter()
        self._tasks: dict[str, dict[str, int]] = {}  # by task: the bubble of each member
        self._codes: dict[str, Code] = {}
        self._sent: dict[str, deque[datetime]] = {}
        self._had: dict[str, tuple[datetime, dict[str, Any]]] = {}

    def token(self) -> dict[str, Any]:
        return self.credentials.stable()

    def end_token(self) -> None:
        """The token in use is over before its time; whoever asks gets another."""
        self.credentials.end()

    def send(self, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        if (refused := self.credentials.refusal(token)) is not None:
            return error(refused)
        if body.get("agentid") != self._agent_id:
            return error(40056)
        asked = [one for one in str(body.get("touser", "")).split("|") if one]
        if not asked or len(asked) > RECIPIENTS:
            return error(40003)
        members = [one for one in asked if one in self._names]
        if not members:
            return error(81013)
        if (wrong := _wrong(body)) is not None:
            return error(wrong)
        with self._lock:  # so that a repeat that comes at the same moment is seen
            unknown = "|".join(one.lower() for one in asked if one not in self._names)
            return {**self._deliver(members, body), **({"invaliduser": unknown} if unknown else {})}

    def _deliver(self, members: list[str], body: dict[str, Any]) -> dict[str, Any]:
        """The same JSON again within its interval is answered as the first time and shown to nobody."""
        key, now = json.dumps(body, sort_keys=True), self._now()
        interval = timedelta(seconds=min(int(body.get("duplicate_check_interval", 1800)), 4 * 3600))
        if body.get("enable_duplicate_check") and key in self._had and now - self._had[key][0] < interval:
            return self._had[key][1]
        task, today = body.get("template_card", {}).get("task_id"), (now + CHINA).date()
        if task in self._tasks:
            return error(40058)
        if self._today[today] + len(members) > self.a_day:
            return error(45009)
        self._today[today] += len(members)
        bubbles = {member: self._shown(member, body) for member in members if self._in_pace(member)}
        told = {**OK, "msgid": str(next(iter(bubbles.values()), 0))}
        if task:
            self._tasks[task] = bubbles
            told["response_code"] = self._code(bubbles)
        self._had[key] = (now, told)
        return told

    def _code(self, bubbles: Mapping[str, int]) -> str:
        made = secrets.token_urlsafe(16)
        self._codes[made] = Code(bubbles, self._now() + CODE_LIFE)
        return made

    def clicked(self, task: str) -> str:
        """The code that comes with a click on a card."""
        with self._lock:
            return self._code(self._tasks.get(task, {}))

    def change(self, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        """Put a word in place of a card's buttons. A code is good once and for 72 hours, whatever becomes of it; who
        has no such card is named. Which codes the real one refuses with is not written anywhere."""
        if (refused := self.credentials.refusal(token)) is not None:
            return error(refused)
        if body.get("agentid") != self._agent_id:
            return error(40056)
        asked, word = body.get("userids"), str((body.get("button") or {}).get("replace_name", ""))
        if not isinstance(asked, list) or not asked or not all(isinstance(one, str) for one in asked) or not word:
            return error(40058)
        with self._lock:
            code = self._codes.pop(str(body.get("response_code", "")), None)
        if code is None or self._now() >= code.until:
            return error(40058, "invalid response_code")
        for member in asked:
            if member in code.bubbles:
                self._phones.press(code.bubbles[member], word)
        others = [one.lower() for one in asked if one not in code.bubbles]
        return {**OK, **({"invaliduser": others} if others else {})}

    def _in_pace(self, member: str) -> bool:
        sent = self._sent.setdefault(member, deque(maxlen=PER_HOUR))
        now = self._now()
        minute = sum(now - moment < timedelta(minutes=1) for moment in sent)
        hour = sum(now - moment < timedelta(hours=1) for moment in sent)
        if minute >= PER_MINUTE or hour >= PER_HOUR:
            return False
        sent.append(now)
        return True

    def _shown(self, member: str, body: dict[str, Any]) -> int:
        name, service = self._names[member], self._words["service"]
        if body["msgtype"] == "text":
            text = body["text"]["content"].encode()[:TEXT_BYTES].decode("utf-8", "ignore")
            return self._phones.show(name, service, text, None, via="wecom")
        card = body["template_card"]
        buttons = [{"key": one["key"], "label": one["text"]} for one in card["button_list"]]
        text = f"{card['main_title']['title']}\n{card['sub_title_text']}".strip()
        return self._phones.show(name, service, text, {"buttons": buttons}, via="wecom", task=card["task_id"])


def _wrong(body: dict[str, Any]) -> int | None:
    """The error code for a body that the platform does not take."""
    if body.get("msgtype") == "text":
        return None if str(body.get("text", {}).get("content", "")) else 44004
    if body.get("msgtype") != "template_card":
        return 40008
    card = body.get("template_card", {})
    buttons = card.get("button_list", [])
    fits = (
        len(card.get("main_title", {}).get("title", "")) <= CARD["title"]
        and len(card.get("sub_title_text", "")) <= CARD["subtitle"]
        and 0 < len(buttons) <= CARD["buttons"]
        and len({one["key"] for one in buttons}) == len(buttons)
        and all(len(one["text"]) <= CARD["label"] and len(one["key"].encode()) <= CARD["key"] for one in buttons)
        and TASK.fullmatch(str(card.get("task_id", ""))) is not None
    )
    return None if fits else 40058
