"""Message XML: a strict reader for what arrives, a careful writer for what we answer.

The reader accepts the flat documents the platform sends and nothing more: whoever reads
its result may trust that every name occurs once and every value is plain text.
"""

import json
import re
import unicodedata

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

# What the service believes of a message or an envelope: each of these is text, and stands there once. Whatever else
# has elements inside is checked for size and shape and then left out: the platform adds some, and repeats what is
# refused.
BELIEVED = frozenset(
    {
        *("AgentID", "ChangeType", "Content", "CreateTime", "Encrypt", "Event", "EventKey", "ExternalUserID"),
        *("FileKey", "FromUserName", "Label", "Latitude", "Location_X", "Location_Y", "Longitude", "MediaId"),
        *("MsgID", "MsgId", "MsgSignature", "MsgType", "NewUserID", "Nonce", "OpenID", "PagePath", "PicUrl"),
        *("Recognition", "Status", "TaskId", "TimeStamp", "Title", "ToUserName", "Token", "Url", "UserID"),
        *("bizmsgmenuid",),
    }
)
LISTING = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
ROWS = "List"
"""What these hold in lists, as JSON under this name; no plain element can have it."""
MAX_ELEMENTS = 256
MAX_DEPTH = 8
REPLY_BYTES = 2000  # the platform refuses a text over 2047 bytes and shows the user a failure

LONGEST_SIGN = 32  # code points; the longest emoji in use has ten

_JOINER = "\u200d"
_EXTENDS = re.compile("[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_MARKS = ("Mn", "Mc", "Me")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


class BadXml(ValueError):
    """The body is not a message we accept. The reason never quotes the body."""


class _Flat:
    """Parser target that keeps the leaves under <xml> and refuses anything else as it comes."""

    def __init__(self) -> None:
        self.leaves: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[str] = []
        self._count = 0
        self._containers = {ROWS, *LISTING}
        self.rows: list[dict[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if attributes:
            raise BadXml("an element has attributes")
        if not _NAME.fullmatch(tag):
            raise BadXml("an element has an unexpected name")
        self._bound()
        self._place(tag)
        self._path.append(tag)
        self._texts.clear()
        if len(self._path) == 3 and self._path[1] in LISTING and tag == ROWS:
            self.rows.append({})

    def _bound(self) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise BadXml("too many elements")
        if len(self._path) >= MAX_DEPTH:
            raise BadXml("elements nested too deeply")

    def _place(self, tag: str) -> None:
        if not self._path:
            if tag != "xml":
                raise BadXml("the root element is not xml")
        elif len(self._path) > 1:
            self._hold(self._path[1])
        elif tag in self.leaves:
            raise BadXml("an element occurs twice")
        elif tag not in self._containers:
            self.leaves[tag] = ""

    def _hold(self, outer: str) -> None:
        """Something stands inside this element, which is thereby no text."""
        if outer in BELIEVED:
            raise BadXml("an element has elements inside")
        self._containers.add(outer)
        self.leaves.pop(outer, None)

    def data(self, text: str) -> None:
        if len(self._path) == 2 or self._in_row():
            self._texts.append(text)
        elif len(self._path) == 1 and text.strip():
            raise BadXml("text between the elements")

    def end(self, tag: str) -> None:
        if len(self._path) == 2 and tag in self.leaves:
            self.leaves[tag] = "".join(self._texts)
        elif self._in_row():
            self.rows[-1][tag] = "".join(self._texts)
        self._path.pop()

    def _in_row(self) -> bool:
        return len(self._path) == 4 and self._path[1] in LISTING and self._path[2] == ROWS


def fields(body: bytes) -> dict[str, str]:
    """Return the leaves under <xml> by name, text untouched; raise BadXml for all else.

    Refuses DTDs, entities, attributes, repeated or nested elements and any encoding but UTF-8:
    a parser that shrugs at those can be given two senders, or a content that is not text.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadXml("not UTF-8") from None
    # Naming the encoding overrules whatever an XML declaration in the body claims.
    target = _Flat()
    parser = DefusedXMLParser(target=target, encoding="utf-8", forbid_dtd=True)
    try:
        parser.feed(text.encode())
        parser.close()
    except DefusedXmlException:
        raise BadXml("DTDs and entities are refused") from None
    except ParseError:
        raise BadXml("not well-formed") from None
    if target.rows:
        target.leaves[ROWS] = json.dumps(target.rows)
    return target.leaves


def _legal(text: str) -> str:
    return _NOT_XML.sub("", text)


def legible(text: str) -> bool:
    """Whether anything of the text is left to be read."""
    return bool(_legal(text).strip())


def cdata(text: str) -> str:
    """Return a CDATA section that holds the text and cannot be left by it."""
    return "<![CDATA[" + _legal(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def fit(text: str, limit: int = REPLY_BYTES) -> str:
    """Return the text in at most `limit` bytes of UTF-8, cut after a line if one ends in the second half.

    A cut text ends with an ellipsis and never with half a character, nor with half of what is drawn as one: a
    family, a flag, a letter with its accent. `limit` is at least 3.
    """
    encoded = text.encode("utf-8", "ignore")
    if len(encoded) <= limit:
        return text
    head = _whole(encoded[: limit - len("…".encode())].decode("utf-8", "ignore"), encoded.decode())
    line_end = head.rfind("\n") + 1
    return (head[:line_end] if line_end > len(head) // 2 else head) + "…"


def _whole(head: str, text: str) -> str:
    """The beginning of a text without the sign at its end that goes on behind it. Signs longer than any that is
    written on purpose are cut all the same."""
    for end in range(len(head), max(len(head) - LONGEST_SIGN, 0), -1):
        if not _joined(text, end):
            return text[:end]
    return head if len(head) > LONGEST_SIGN or not head else ""


def _joined(text: str, end: int) -> bool:
    """Whether the letters on both sides of this place are drawn as one sign (UAX 29, simplified)."""
    before, after = text[end - 1], text[end]
    if _JOINER in (before, after) or _EXTENDS.fullmatch(after) or unicodedata.category(after) in _MARKS:
        return True
    if not (_REGIONAL.fullmatch(before) and _REGIONAL.fullmatch(after)):
        return False
    ahead = end - 1
    while ahead and _REGIONAL.fullmatch(text[ahead - 1]):
        ahead -= 1
    return (end - ahead) % 2 == 1  # flags are pairs, counted from the first


def text_reply(to: str, sender: str, at: int, content: str) -> str:
    """Return the passive text reply; cut to the size the platform shows.

    Raises ValueError when nothing legible is left: the platform tells the user that the service
    is out of order if Content is empty.
    """
    if not legible(content):
        raise ValueError("a reply needs a text")
    return reply(to, sender, at, "text", f"<Content>{cdata(fit(_legal(content)))}</Content>")


def reply(to: str, sender: str, at: int, kind: str, inside: str) -> str:
    """Return a passive reply of any kind; `inside` is XML already."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName>"
        f"<FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{at:d}</CreateTime>"
        f"<MsgType>{cdata(kind)}</MsgType>"
        f"{inside}</xml>"
    )
