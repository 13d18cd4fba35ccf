"""The collected protocol vectors, wherever that collection is at hand; without it the project's own are played."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1].parent / "shared" / "wechat-vectors"
OFFICIAL, MEMBERS = "official-account-vectors.json", "wecom-vectors.json"
HOSTILE, SAMPLES = "negative-cases.json", "inbound-samples.json"


def shared(file: str, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / file).read_text("utf-8"))[part]
    return found


def needed() -> None:
    """Leave out the tests of this module where the collection is not beside the project."""
    if not FOLDER.exists():
        pytest.skip("the shared protocol vectors are not beside this project", allow_module_level=True)


def published() -> list[dict[str, Any]]:
    return shared(OFFICIAL, "vectors") + shared(MEMBERS, "vectors")


def each(name: str, cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(name, cases, ids=[case["id"] for case in cases])
