"""A chat that somebody copied and passes on: who said which line."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LONGEST_NAME = 20
_DATE = r"(?:\d{4}\s*[-/.年]\s*)?\d{1,2}\s*[-/.月]\s*\d{1,2}日?|今天|昨天|前天|(?:星期|周)[一二三四五六日天]"
_HALF = r"凌晨|早上|上午|中午|下午|晚上"
_STAMP = rf"[\[(（【]?(?:{_DATE})?\s*(?:{_HALF})?\s*\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?[\])）】]?"
_NAME = rf"(?P<name>[^\s\d:：,，。;；!！?？、…“”\"][^\n:：,，。;；!！?？、…“”\"]{{0,{LONGEST_NAME - 1}}}?)"
_ALONE_STAMP = re.compile(rf"\s*(?:{_STAMP})\s*")
_HEADERS = (
    re.compile(rf"\s*{_NAME}\s*(?:{_STAMP})\s*[:：]?\s*"),
    re.compile(rf"\s*(?:{_STAMP})\s*{_NAME}\s*[:：]?\s*"),
)
"""A line that says who speaks from here on, and when."""
_INLINE = re.compile(rf"\s*(?:{_STAMP})?\s*{_NAME}\s*(?:{_STAMP})?\s*[:：]\s*(?P<said>.*)")
_NAME_ONLY = re.compile(rf"\s*{_NAME}\s*")
_RULER = re.compile(rf"[\s—―–\-_=*·.]*(?:{_DATE})?[\s—―–\-_=*·.]*")
_TITLE = re.compile(r".{0,40}聊天记录.{0,10}")
_NO_NAMES = re.compile(
    r"(?:联系)?(?:地址|电话|人|方式)|手机号?|时间|地点|位置|问题|诉求|企业|单位|公司|名称|内容|原因|情况|备注|建议|要求|附件?|编号|金额"
    r"|另外?|还有|主要|具体|比如|例如|补充|回复|答复|注意?|https?|.*(?:如下|是|在于|时间)"
)
"""What stands before a colon and is nobody's name."""
SPEAKER = re.compile(r"〔([^〔〕\n]{1,20})〕")
"""How a kept line begins: with the name of who said it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody said. `who`: "" for what stands before the first name."""

    who: str
    said: str

    def kept(self) -> str:
        return f"〔{self.who}〕{self.said}" if self.who else self.said


@dataclass(frozen=True, slots=True)
class Chat:
    """What stands in front of a chat, and its lines."""

    head: str
    lines: tuple[Line, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.who for line in self.lines))


def read(text: str) -> Chat | None:
    """The chat in a text of several lines; None where there is none. As copied from a phone (name and time above each
    message, in one line or two) or typed off (`name: text`). Never raises."""
    rows = [row for row in text.splitlines() if not (_TITLE.fullmatch(row) or (row.strip() and _ruler(row)))]
    for told in (_under_headers(rows), _inline(rows)):
        head, lines = _gathered(told)
        if len(lines) > 1 or (lines and len(head.splitlines()) < 2 and len(rows) > 1):
            return Chat(head, tuple(lines))
    return None


def _ruler(row: str) -> bool:
    return _RULER.fullmatch(row) is not None


Told = Iterable[tuple[str | None, str]]
"""Who speaks from here on (None: as before), and what the row says."""


def _under_headers(rows: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Name and time stand above what was said."""
    at = 0
    while at < len(rows):
        row, below = rows[at], rows[at + 1] if at + 1 < len(rows) else ""
        found = next((hit for header in _HEADERS if (hit := header.fullmatch(row)) and _is_name(hit["name"])), None)
        alone = _NAME_ONLY.fullmatch(row)
        if found:
            yield found["name"].strip(), ""
        elif alone and _is_name(alone["name"]) and below.strip() and _ALONE_STAMP.fullmatch(below):
            yield alone["name"].strip(), ""
            at += 1
        else:
            yield None, row
        at += 1


def _inline(rows: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """The name stands before a colon, in the same line or above."""
    for row in rows:
        found = _INLINE.fullmatch(row)
        if found and _is_name(found["name"]):
            yield found["name"].strip(), found["said"]
        else:
            yield None, row


def _is_name(name: str) -> bool:
    return len(name.split()) <= 2 and _NO_NAMES.fullmatch(name.strip()) is None


def _gathered(told: Told) -> tuple[str, list[Line]]:
    """What stands before the first name, and what each said until the next one speaks."""
    head: list[str] = []
    lines: list[Line] = []
    who: str | None = None
    for name, said in told:
        if name is not None:
            who = name
        if who is None:
            head.append(said)
        elif name is not None:
            lines.append(Line(who, said.strip()))
        elif said.strip():
            last = lines[-1]
            lines[-1] = Line(who, f"{last.said}\n{said.strip()}".strip())
    return "\n".join(row.strip() for row in head if row.strip()), [line for line in lines if line.said]


def without_speakers(text: str) -> str:
    """What was said, without by whom."""
    return SPEAKER.sub("", text)


def speakers_hidden(text: str) -> str:
    """The text, as long as before, with the first sign of each speaker's name only."""
    return SPEAKER.sub(lambda who: f"〔{who[1][0]}{'*' * (len(who[1]) - 1)}〕", text)


def dealt(lines: Sequence[Line], spans: Sequence[str]) -> list[str]:
    """For each problem, by the words it was found in, the lines that tell it. What tells none goes with the line
    before it."""
    if len(spans) < 2:
        return ["\n".join(line.kept() for line in lines)] * len(spans)
    parts = [[part for part in span.splitlines() if part.strip()] for span in spans]
    kept: list[list[str]] = [[] for _ in spans]
    at = 0
    for line in lines:
        mine = [n for n, own in enumerate(parts) if any(part in line.said or line.said in part for part in own)]
        at = mine[0] if mine else at
        for n in mine or [at]:
            kept[n].append(line.kept())
    return ["\n".join(each) or span for each, span in zip(kept, spans, strict=True)]
