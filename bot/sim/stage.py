"""The simulated world around one service: people with phones, the platform between, and the clock."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from bot.service import Service
from bot.sim.clock import VirtualClock
from bot.sim.conductor import Conductor
from bot.sim.corp import Corp
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Fault, Pusher, Reply
from store import people

SILENCE = b"#!AMR\n" + b"\x7c" * 32


@dataclass(frozen=True, slots=True)
class Line:
    """How a person of the demo writes: their account on a channel, and who carries it to us."""

    channel: str
    account: str
    pusher: Pusher


@dataclass
class Stage:
    service: Service
    clock: VirtualClock
    phones: Phones
    platform: Platform
    corp: Corp
    conductor: Conductor
    words: dict[str, Any]
    lines: dict[str, Line]  # by name, in the order of the file

    def people(self) -> list[dict[str, Any]]:
        """Everybody with a phone, in the order of the file."""
        with self.service.store.read() as session:
            known = {person.name: person for person in people.everybody(session)}
            told = []
            for name, line in self.lines.items():
                person = known[name]
                row: dict[str, Any] = {"name": name, "role": person.role, "channel": line.channel}
                if person.role in ("contact", "stranger"):
                    row["enterprise"] = person.enterprises[0].name if person.enterprises else None
                else:
                    row["department"] = person.department.name if person.department else None
                told.append(row)
        return told

    def say(self, name: str, kind: str, what: Any) -> str | None:
        """Somebody sends something; the passive reply they read. Ends with what is due on the phones."""
        if kind == "scan":
            return self._scan(name, str(what))
        fields, shown, card = _message(self.words, self.platform, kind, what)
        return self._exchange(name, fields, shown, card)

    def _scan(self, name: str, link: str) -> str | None:
        """Somebody scans the code behind a link, or one that is none of ours."""
        ticket = link.rpartition("ticket=")[2]
        scene = self.platform.scenes.get(ticket, ticket)
        event = {"MsgType": "event", "Event": "SCAN", "EventKey": scene, "Ticket": ticket}
        return self._exchange(name, event, self.words["scan"], None, "scanned")

    def press(self, name: str, bubble: dict[str, Any], key: str, label: str) -> str | None:
        """Somebody presses a button. That of a menu arrives as a text with the button's id, that of a card as an
        event, which greys the card."""
        if "task" not in bubble:
            fields = {"MsgType": "text", "Content": label, "bizmsgmenuid": key}
            return self._exchange(name, fields, label, None, "pressed")
        event = {"MsgType": "event", "Event": "template_card_event", "EventKey": key, "TaskId": bubble["task"]}
        code = self.corp.clicked(bubble["task"])
        reply = self._delivered(name, {**event, "CardType": "button_interaction", "ResponseCode": code})
        if reply.button:
            self.phones.press(bubble["id"], reply.button)
        self.conductor.run()
        return None

    def _exchange(
        self, name: str, fields: dict[str, Any], shown: str, card: dict[str, Any] | None, via: str = "said"
    ) -> str | None:
        self.phones.show(name, name, shown, card, via=via)
        reply = self._delivered(name, fields).text
        text = self.lines[name].pusher.show_reply(name, self.words["service"], reply) if reply else None
        self.conductor.run()
        return text

    def _delivered(self, name: str, fields: dict[str, Any]) -> Reply:
        line = self.lines[name]
        try:
            return line.pusher.deliver(line.account, line.pusher.message(line.account, fields))
        except Fault:
            self.phones.show(name, self.words["system"], self.words["failure"])
            return Reply()


def _message(
    words: dict[str, Any], platform: Platform, kind: str, what: Any
) -> tuple[dict[str, Any], str, dict[str, Any] | None]:
    """The platform's fields of a message, and what the sender's own phone shows."""
    if kind == "image":
        return _image(words, platform, str(what))
    if kind == "voice":
        said = "" if isinstance(what, bool) or what is None else str(what)
        number = platform.keep("audio/amr", SILENCE)
        fields = {"MsgType": "voice", "MediaId": number, "Format": "amr", "Recognition": said}
        return fields, f"{words['voice']} {said}".strip(), None
    if kind == "location":
        return _location(words, what)
    text = str(what).encode("utf-8", "replace").decode()  # a half of a character pair cannot be sent
    return {"MsgType": "text", "Content": text}, text, None


def _image(words: dict[str, Any], platform: Platform, what: str) -> tuple[dict[str, Any], str, dict[str, Any] | None]:
    shown = what.startswith("data:image/")
    content = _decoded(what) if shown else _grey()
    fields = {
        "MsgType": "image",
        "PicUrl": "http://mmbiz.qpic.cn/mmbiz_jpg/demo/0",
        "MediaId": platform.keep("image/jpeg", content),
    }
    if shown:
        return fields, words["image"], {"image": what}
    return fields, f"{words['image']} {what}".strip(), None


def _decoded(address: str) -> bytes:
    """The picture inside a data: address; what cannot be decoded stays what it is, and is no picture."""
    try:
        return base64.b64decode(address.partition(",")[2], validate=True)
    except ValueError:
        return address.encode()


def _grey() -> bytes:
    """A picture for those who only say what is on it."""
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "#888").save(written, "JPEG")
    return written.getvalue()


def _location(words: dict[str, Any], what: Any) -> tuple[dict[str, Any], str, dict[str, Any] | None]:
    place = what if isinstance(what, dict) else {"label": str(what)}
    label = str(place.get("label", ""))
    fields = {
        "MsgType": "location",
        "Location_X": float(place.get("lat", 34.36)),
        "Location_Y": float(place.get("lng", 107.24)),
        "Scale": 16,
        "Label": label,
    }
    return fields, f"{words['location']} {label}".strip(), None
