"""The simulator's own doors: people, saying, phones, buttons, clock, faults, ledger, sample, page."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot.facts import iso
from bot.ledger import rows
from bot.sim.faults import AFTERWARDS, SEND_CALLS
from bot.sim.sample import fill
from bot.sim.stage import Stage

DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
UNITS = ("weeks", "days", "hours", "minutes", "seconds")
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'"
KINDS_OF_FAULT = ("errcode", "http", "drop", "delay_s", "result")
FURTHEST = timedelta(days=366)


class Wrong(Exception):
    """A request of the page or a script makes no sense; the message says why."""


def blueprint(stage: Stage) -> Blueprint:
    sim = Blueprint("sim", __name__)
    doors: dict[tuple[str, str], Any] = {
        ("GET", "/sim/people"): stage.people,
        ("POST", "/sim/say"): lambda: _say(stage, _given()),
        ("POST", "/sim/press"): lambda: _press(stage, _given()),
        ("GET", "/sim/clock"): lambda: _clock(stage),
        ("POST", "/sim/clock"): lambda: _move(stage, _given()),
        ("POST", "/sim/fault"): lambda: _fault(stage, _given()),
        ("GET", "/sim/ledger"): lambda: ledger(stage),
        ("POST", "/sim/sample"): lambda: {"items": fill(stage)},
    }
    for (method, path), answer in doors.items():
        sim.add_url_rule(path, f"{method} {path}", _json(answer), methods=[method])
    sim.add_url_rule("/sim/phone/<name>", "phone", lambda name: _json(lambda: _phone(stage, name))())
    sim.add_url_rule("/", "index", lambda: _file("index.html"))
    sim.add_url_rule("/static/<name>", "static", _file)
    sim.add_url_rule("/favicon.ico", "favicon", lambda: _file("logo.svg"))
    sim.register_error_handler(Wrong, lambda error: (jsonify(error=str(error)), 400))
    for mistake in (ValueError, TypeError, OverflowError):
        sim.register_error_handler(mistake, lambda error: (jsonify(error=f"wrong value: {error}"), 400))
    sim.register_error_handler(KeyError, lambda error: (jsonify(error=f"unknown or missing: {error}"), 400))
    return sim


def _json(answer: Any) -> Any:
    def view() -> Response:
        return jsonify(answer())

    return view


def _given() -> dict[str, Any]:
    """The JSON object of the request. Raises Wrong when it is none."""
    try:
        body = request.get_json(force=True)
    except HTTPException as error:
        raise Wrong("the body must be JSON") from error
    if not isinstance(body, dict):
        raise Wrong("the body must be a JSON object")
    return body


@cache
def _static() -> dict[str, Traversable]:
    """What the page is made of, by name. Nothing else is ever served."""
    folder = files("bot.sim").joinpath("static")
    return {file.name: file for file in folder.iterdir() if file.is_file() and _suffix(file.name) in KINDS}


def _suffix(name: str) -> str:
    return name.rpartition(".")[2]


def _file(name: str) -> Response | tuple[str, int]:
    if name not in _static():
        return "", 404
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(_static()[name].read_bytes(), mimetype=KINDS[_suffix(name)], headers=headers)


def _say(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in ("text", "image", "voice", "location", "scan") if kind in given]
    if len(kinds) != 1:
        raise Wrong("say exactly one of text, image, voice, location, scan")
    return {"reply": stage.say(_name(stage, given), kinds[0], given[kinds[0]])}


def _name(stage: Stage, given: dict[str, Any]) -> str:
    name = given.get("as")
    if not isinstance(name, str) or name not in stage.lines:
        raise Wrong(f"nobody here is called {name!r}")
    return str(name)


def _press(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    name = _name(stage, given)
    bubble = stage.phones.bubble(name, int(given.get("message", 0)))
    buttons = (bubble or {}).get("card") or {}
    button = next((one for one in buttons.get("buttons", []) if one["key"] == given.get("key")), None)
    if button is None:
        raise Wrong("there is no such button on that message")
    reply = stage.press(name, bubble or {}, button["key"], button["label"])
    return {"reply": reply, "card": (bubble or {}).get("card")}  # greyed, if the click counted


def _phone(stage: Stage, name: str) -> list[dict[str, Any]]:
    if name not in stage.lines:
        raise Wrong(f"nobody here is called {name!r}")
    after = request.args.get("after", "0")
    shown = stage.phones.of(name, int(after) if after.isascii() and after.isdigit() else 0)
    return [
        {key: entry[key] for key in ("id", "from", "text", "card")} | {"at": _iso(stage, entry["at"])}
        for entry in shown
    ]


def _iso(stage: Stage, text: str) -> str | None:
    return iso(datetime.fromisoformat(text), stage.service.policy.calendar)


def _clock(stage: Stage) -> dict[str, Any]:
    calendar = stage.service.policy.calendar
    return {"now": iso(stage.clock.now(), calendar), "next": iso(stage.conductor.next_due(), calendar)}


def _move(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    def where(now: datetime) -> datetime:
        target = _target(stage, given, now)
        if target < now - timedelta(seconds=1):
            raise Wrong("the clock never goes back")
        if target > now + FURTHEST:
            raise Wrong("at most a year at a time")
        return target

    stage.conductor.move(where)
    return {"now": iso(stage.clock.now(), stage.service.policy.calendar)}


def _target(stage: Stage, given: dict[str, Any], now: datetime) -> datetime:
    if given.get("to_next"):
        return max(stage.conductor.next_due() or now, now)
    if "advance" in given:
        return now + duration(str(given["advance"]))
    try:
        moment = datetime.fromisoformat(str(given.get("to")))
    except ValueError as error:
        raise Wrong('give "advance": "PT90M" or "to": an ISO 8601 moment') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds. Raises Wrong."""
    found = DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise Wrong(f"{text!r} is not a duration such as PT90M or P1DT2H")
    return timedelta(**{unit: int(value) for unit, value in zip(UNITS, found.groups(), strict=True) if value})


def _fault(stage: Stage, given: dict[str, Any]) -> dict[str, Any]:
    kind: dict[str, Any] = {name: given[name] for name in KINDS_OF_FAULT if name in given}
    api, times = str(given.get("api")), given.get("times", 1)
    if len(kind) != 1 or isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= 10_000:
        raise Wrong(f"give api, one of {', '.join(KINDS_OF_FAULT)}, and times")
    for name in ("errcode", "http", "delay_s"):
        if name in kind and (isinstance(kind[name], bool) or not isinstance(kind[name], int | float)):
            raise Wrong(f"{name} must be a number")
    if api not in ("send", "token", *SEND_CALLS):
        raise Wrong(f"api is one of send, token, {', '.join(SEND_CALLS)}")
    if "result" in kind and api not in AFTERWARDS:
        raise Wrong(f"result is told afterwards, of {', '.join(AFTERWARDS)} only")
    stage.platform.faults.order(api, kind, times)
    return {"ok": True}


def ledger(stage: Stage) -> list[dict[str, Any]]:
    service = stage.service
    with service.store.read() as session:
        return list(rows(session, service.speaker, service.policy.flags, stage.clock.now()))
