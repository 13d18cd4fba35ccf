"""The fields of template and subscription messages: each takes what the type that its name begins with allows."""

import re
from typing import Any

FIELD_TYPES = {
    "thing": re.compile(r".{1,20}"),
    "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
    "time": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{2}:\d{2})?"),
}


def wrong_fields(body: dict[str, Any]) -> int | None:
    """40037 without a template, 47003 for a field that does not take its value, by the type its name begins with."""
    if not body.get("template_id"):
        return 40037
    data = body.get("data", {})
    return None if data and all(_fits(field, str(one.get("value", ""))) for field, one in data.items()) else 47003


def _fits(field: str, value: str) -> bool:
    kind = re.match(r"[a-z_]*", field)
    pattern = FIELD_TYPES.get(kind[0] if kind else "")
    return pattern is not None and pattern.fullmatch(value) is not None
