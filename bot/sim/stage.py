"""The simulated world around one service: people with phones, the platform between, and the clock."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from bot.service import Service
from bot.sim.clock import VirtualClock
from bot.sim.conductor import Conductor
from bot.sim.phones import Phones
from bot.sim.platform import Platform
from bot.sim.pusher import Fault, Pusher
from store import people

SILENCE = b"#!AMR\n" + b"\x7c" * 32


@dataclass
class Stage:
    service: Service
    clock: VirtualClock
    phones: Phones
    platform: Platform
    pusher: Pusher
    conductor: Conductor
    words: dict[str, Any]
    openids: dict[str, str]  # name to openid

    def people(self) -> list[dict[str, Any]]:
        """Everybody with a phone, in the order of the file."""
        with self.service.store.read() as session:
            known = {person.name: person for person in people.everybody(session)}
            told = []
            for name in self.openids:
                person = known[name]
                row: dict[str, Any] = {"name": name, "role": person.role, "channel": "oa"}
                if person.role in ("contact", "stranger"):
                    row["enterprise"] = person.enterprises[0].name if person.enterprises else None
                else:
                    row["department"] = person.department.name if person.department else None
                told.append(row)
        return told

    def say(self, name: str, kind: str, what: Any) -> str | None:
        """Somebody sends something; the passive reply they read. Ends with what is due on the phones."""
        fields, shown, card = _message(self.words, self.platform, kind, what)
        return self._exchange(name, fields, shown, card)

    def press(self, name: str, key: str, label: str) -> str | None:
        """Somebody presses a button of a menu: it arrives as a text with the button's id."""
        return self._exchange(
            name, {"MsgType": "text", "Content": label, "bizmsgmenuid": key}, label, None, "pressed"
        )

    def _exchange(
        self, name: str, fields: dict[str, Any], shown: str, card: dict[str, Any] | None, via: str = "said"
    ) -> str | None:
        openid = self.openids[name]
        self.phones.show(name, name, shown, card, via=via)
        try:
            reply = self.pusher.deliver(openid, self.pusher.message(openid, fields))
        except Fault:
            self.phones.show(name, self.words["system"], self.words["failure"])
            reply = None
        text = self.pusher.show_reply(name, self.words["service"], reply) if reply else None
        self.conductor.run()
        return text


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
