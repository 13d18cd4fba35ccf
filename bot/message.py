"""Our own message: what the rest of the service knows of a WeChat message or event.

Fields and types: Tencent, "Receiving standard messages" and "Receiving event pushes"; WeCom pages 90239 and 90240.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.xml import ROWS

OA, WECOM = "oa", "wecom"
KINDS = {
    "text": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",  # undocumented, but users can send them; it carries no MediaId
    "miniprogrampage": "miniprogram",
    "event": "event",
}
# What the platform itself writes when it cannot pass on a sticker or a new type.
UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"

_TEXT_IN = {
    "text": "Content",
    "voice": "Recognition",
    "location": "Label",
    "link": "Title",
    "file": "Title",
    "miniprogram": "Title",
}
_URL_IN = {"link": "Url", "image": "PicUrl"}
# Latitude first: Location_X is the latitude, against every expectation.
_PLACE_IN = {"location": ("Location_X", "Location_Y"), "event": ("Latitude", "Longitude")}
_REQUIRED = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_REQUIRED_OF_WECOM_EVENTS = ("ToUserName", "CreateTime", "MsgType")
_PLATFORM = "sys"  # the sender of changes in the WeCom directory
_LONGEST = {
    "ToUserName": 128,
    "FromUserName": 128,
    "OpenID": 128,
    "MsgType": 64,
    "MsgId": 128,
    "MsgID": 128,
    "Event": 128,
    "EventKey": 1024,
    "TaskId": 128,
    "UserID": 128,
    "NewUserID": 128,
    "Status": 128,
    "ChangeType": 64,
    "MediaId": 512,
    "bizmsgmenuid": 128,
    "PicUrl": 8192,
    "Url": 8192,
    "Title": 4096,
    "Label": 4096,
    "Recognition": 32768,
    "Content": 32768,
}
_SECONDS = re.compile(r"[0-9]{1,11}")  # int() would also take signs, blanks, underscores, other digits
_DECIMAL = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?")
# Sent by the platform itself: the person is in OpenID, and there is no EventKey.
CANCELLED = "user_authorization_cancellation"
AUTHORIZATION = ("user_info_modified", "user_authorization_revoke", CANCELLED)
# What tells two messages apart when the platform leaves out MsgId.
_SUBSTANCE = (
    "MsgType",
    "MediaId",
    "Content",
    "Location_X",
    "Location_Y",
    "Url",
    "FileKey",
    "Title",
    "PagePath",
)
_SUBSTANCE_PREFIX = 200
_ABOUT = ("TaskId", "ChangeType", "UserID", "ExternalUserID", "Token")  # what a WeCom event is about


class BadMessage(ValueError):
    """A field every message has is missing or malformed, or a value is absurdly long."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message or event. Its repr tells nothing personal, so that a log line may hold it."""

    channel: str
    account: str
    sender: str = field(repr=False)  # "" where the platform itself speaks and names nobody
    created: int
    kind: str
    text: str = field(repr=False)
    media_id: str | None = field(repr=False)
    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    url: str | None = field(repr=False)  # a web address, or None; unchecked beyond its scheme
    event: str
    event_key: str = field(repr=False)  # may be an invitation
    menu_id: str
    task_id: str  # of the card whose button was pressed
    subject: str = field(repr=False)  # whom a change in the directory, or of what the platform may tell, is about
    change: str  # what has changed there
    status: str  # of the member in a change there, of the message in a report about one; "" where there is none
    renamed: str = field(repr=False)  # the user id from now on, "" where it stays
    dedupe_key: str = field(repr=False)
    about: str = ""  # the message of ours that an event is about
    listed: tuple[Mapping[str, str], ...] = field(default=(), repr=False)  # templates allowed, or sent


def read_message(fields: Mapping[str, str], channel: str = OA) -> Message:
    """Turn the fields of a message into ours, or raise BadMessage.

    An unknown type or event is no error: the platform adds some, and repeats what we refuse.
    """
    kind = _kind(fields)
    _check(fields, _REQUIRED if kind != "event" or channel == OA else _REQUIRED_OF_WECOM_EVENTS)
    latitude, longitude = _place(fields, kind)
    return Message(
        channel=channel,
        account=fields["ToUserName"],
        sender=_sender(fields, channel),
        created=int(fields["CreateTime"]),
        kind=kind,
        text=fields.get(_TEXT_IN.get(kind, ""), ""),
        media_id=fields.get("MediaId") or None,
        latitude=latitude,
        longitude=longitude,
        url=_url(fields, kind),
        event=fields.get("Event", "").lower() if kind == "event" else "",
        event_key=fields.get("EventKey", "") if kind == "event" else "",
        menu_id=fields.get("bizmsgmenuid", ""),
        task_id=fields.get("TaskId", ""),
        subject=fields.get("UserID", "") or fields.get("OpenID", ""),
        change=fields.get("ChangeType", ""),
        status=fields.get("Status", ""),
        renamed=fields.get("NewUserID", ""),
        dedupe_key=_KEYS[channel](fields, kind),
        about=fields.get("MsgID", ""),
        listed=tuple(json.loads(fields.get(ROWS, "[]"))),
    )


def _sender(fields: Mapping[str, str], channel: str) -> str:
    sender = fields.get("FromUserName", "")
    return "" if channel == WECOM and sender == _PLATFORM else sender


def _check(fields: Mapping[str, str], required: tuple[str, ...]) -> None:
    for name in required:
        if not fields.get(name, "").strip():
            raise BadMessage(f"{name} is missing")
    if not _SECONDS.fullmatch(fields["CreateTime"]):
        raise BadMessage("CreateTime is not a number of seconds")
    for name, longest in _LONGEST.items():
        if len(fields.get(name, "")) > longest:
            raise BadMessage(f"{name} is too long")


def _kind(fields: Mapping[str, str]) -> str:
    kind = KINDS.get(fields.get("MsgType", "").lower(), "unknown")
    return "unknown" if kind == "text" and fields.get("Content") == UNSUPPORTED else kind


def _place(fields: Mapping[str, str], kind: str) -> tuple[float | None, float | None]:
    """Return latitude and longitude, or neither: half a place, or one off the globe, is none."""
    names = _PLACE_IN.get(kind, ())
    numbers = [float(text) for text in (fields.get(name, "") for name in names) if _DECIMAL.fullmatch(text)]
    if len(numbers) != 2 or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return None, None
    return numbers[0], numbers[1]


def _url(fields: Mapping[str, str], kind: str) -> str | None:
    """Only web addresses: this value is shown as a link, and `javascript:` is an address too."""
    url = fields.get(_URL_IN.get(kind, ""), "")
    return url if url.lower().startswith(("http://", "https://")) else None


def _official_key(fields: Mapping[str, str], kind: str) -> str:
    """Two people can be given the same MsgId, so sender and time belong to the key."""
    if kind == "event":
        return _official_event_key(fields)
    return f"{fields['FromUserName']}|{_number(fields)}|{int(fields['CreateTime'])}"


def _number(fields: Mapping[str, str]) -> str:
    return fields.get("MsgId") or _digest(fields)


def _digest(fields: Mapping[str, str]) -> str:
    """Stand-in for a missing MsgId, the same for every repeat of the message: never random."""
    substance = [fields.get(name, "")[:_SUBSTANCE_PREFIX] for name in _SUBSTANCE]
    told = "\x00".join((fields["FromUserName"], fields["CreateTime"], *substance))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _official_event_key(fields: Mapping[str, str]) -> str:
    """Events have no MsgId; those about a sent message name that one in MsgID."""
    person, event = fields["FromUserName"], fields.get("Event", "")
    tail = [part for part in (fields.get("EventKey"), fields.get("MsgID")) if part] or [""]
    if event.lower() in AUTHORIZATION:
        person, tail = fields.get("OpenID") or person, []
    return "|".join((person, str(int(fields["CreateTime"])), event, *tail))


def _wecom_key(fields: Mapping[str, str], kind: str) -> str:
    """The same person may use several applications; changes in the directory name none and nobody."""
    who = (fields["ToUserName"], fields.get("AgentID", ""), fields.get("FromUserName", ""))
    if kind != "event":
        return "|".join((*who, _number(fields)))
    told = (str(int(fields["CreateTime"])), fields.get("Event", ""), fields.get("EventKey", ""))
    about = [
        fields[name] for name in ("TaskId", "ChangeType", "UserID", "ExternalUserID", "Token") if fields.get(name)
    ]
    return "|".join((*who, *told, *about))


_KEYS: dict[str, Callable[[Mapping[str, str], str], str]] = {OA: _official_key, WECOM: _wecom_key}
