"""WeCom's API as far as the sender uses it: token, message to one member, cards with buttons."""

import json
import secrets
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.sim.faults import OK, TOKEN_LIFE, error
from bot.sim.phones import Phones

TEXT_BYTES = 2048
PER_MINUTE, PER_HOUR = 30, 1000
CARD = {"title": 36, "subtitle": 160, "buttons": 6, "label": 10, "key": 1024}


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
    ) -> None:
        self._phones = phones
        self._words = words
        self._names = names  # member to name
        self._now = now
        self._agent_id = agent_id
        self._lock = threading.Lock()
        self._token = secrets.token_urlsafe(24)
        self._sent: dict[str, deque[datetime]] = {}
        self._had: dict[str, tuple[datetime, int]] = {}

    def token(self) -> dict[str, Any]:
        return {**OK, "access_token": self._token, "expires_in": TOKEN_LIFE}

    def end_token(self) -> None:
        """The token in use is over before its time; whoever asks gets another."""
        self._token = secrets.token_urlsafe(24)

    def send(self, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
        if token != self._token:
            return error(40014)
        if body.get("agentid") != self._agent_id:
            return error(40056)
        member = str(body.get("touser", ""))
        if member not in self._names:
            return {**OK, "invaliduser": member.lower(), "msgid": ""} if member else error(40003)
        if (wrong := _wrong(body)) is not None:
            return error(wrong)
        with self._lock:  # so that a repeat that comes at the same moment is seen
            return {**OK, "msgid": str(self._deliver(member, body))}

    def _deliver(self, member: str, body: dict[str, Any]) -> int:
        key = json.dumps(body, sort_keys=True)
        interval = timedelta(seconds=int(body.get("duplicate_check_interval", 1800)))
        if body.get("enable_duplicate_check") and key in self._had and self._now() - self._had[key][0] < interval:
            return self._had[key][1]
        number = self._shown(member, body) if self._in_pace(member) else 0
        self._had[key] = (self._now(), number)
        return number

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
        and bool(card.get("task_id"))
    )
    return None if fits else 40058
