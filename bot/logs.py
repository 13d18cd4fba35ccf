"""What may stand in a log: never whom a line is about, what they said, or what opens a door.

Nothing of the kind is logged on purpose; this is the second lock, for what libraries put into their messages.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

from store import trace

SECRETS = re.compile(
    r"(?i)\b((?:access_token|secret|corpsecret|appsecret|signature|msg_signature|echostr|openid)=)[^&\s'\"]+"
)
QUERY = re.compile(r"(/wechat/\w+|/cgi-bin/[\w/]+)\?\S+")
UNREADABLE = re.compile(r"(Invalid request from ip=\S+: [^:']+).*", re.DOTALL)
"""gunicorn quotes the line that is no HTTP; a query stands in it."""
ID_CARD = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
OPENID = re.compile(r"\bo[A-Za-z0-9_-]{23}([A-Za-z0-9_-]{4})\b")
QUIET = {
    "werkzeug": logging.WARNING,  # its lines hold query strings
    "apscheduler": logging.ERROR,  # a run that waits for the last one is no news
    "alembic": logging.WARNING,
    "urllib3": logging.WARNING,  # its lines hold tokens
}


def masked(line: str) -> str:
    """The line with telephone numbers, identity cards, openids, tokens and queries made unreadable."""
    line = QUERY.sub(r"\1?…", SECRETS.sub(r"\1…", UNREADABLE.sub(r"\1…", line)))
    return OPENID.sub(r"o…\1", PHONE.sub(r"\1****\2", ID_CARD.sub("******", line)))


class Masked(logging.Formatter):
    """Writes each record, its traceback included, as one line of JSON in which nobody is named."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "event": masked(record.getMessage()),
        }
        if request := trace.current():
            told["request"] = request
        if record.exc_info:
            told["trace"] = masked(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own log, written like ours."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Masked())


def start(level: str) -> None:
    """Log to standard error from this level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Masked())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
