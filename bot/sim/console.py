"""What the consoles of both platforms hold, as far as it can be asked by API: templates, menus, the application, its
members. Strict where the real ones are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sim.faults import OK, error

BUTTONS, BELOW, NAME, KEY = 3, 5, 16, 128
NAME_BELOW = {True: 40, False: 60}
"""Bytes of a name in the second row: of WeCom's menu, of the service account's."""


@dataclass
class Console:
    """`knows` says whether a token is one of ours; `members`: status by user id."""

    knows: Callable[[str | None], bool]
    agent_id: int
    templates: dict[str, str] = field(default_factory=dict)  # content by id
    members: dict[str, int] = field(default_factory=dict)
    menus: dict[bool, list[dict[str, Any]]] = field(default_factory=dict)  # of WeCom or not
    closed: bool = False
    domain: str = ""
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)  # call: code, message

    def asked(self, call: str, wecom: bool, answer: Callable[[], dict[str, Any]]) -> Response:
        if call in self.refusals:
            code, said = self.refusals[call]
            return jsonify({"errcode": code, "errmsg": said})
        if not self.knows(request.args.get("access_token")):
            return jsonify(error(40014 if wecom else 40001))
        if wecom and call != "user/get" and request.args.get("agentid") != str(self.agent_id):
            return jsonify(error(40056))
        return jsonify(answer())

    def template_list(self) -> dict[str, Any]:
        told = [
            {"template_id": number, "title": "", "primary_industry": "", "deputy_industry": "", "content": content}
            for number, content in self.templates.items()
        ]
        return {"template_list": told}

    def menu(self, wecom: bool) -> dict[str, Any]:
        if wecom not in self.menus:
            return error(46003)
        buttons = [_with_rest(one) for one in self.menus[wecom]]
        return {**OK, "button": buttons} if wecom else {"menu": {"button": buttons}}

    def make_menu(self, wecom: bool) -> dict[str, Any]:
        if b"\\u" in request.get_data():
            return error(40033)
        buttons = request.get_json(force=True).get("button", [])
        wrong = _wrong(buttons, BUTTONS, NAME, wecom)
        if wrong:
            return error(wrong)
        self.menus[wecom] = buttons
        return dict(OK)

    def agent(self) -> dict[str, Any]:
        return {
            **OK,
            "agentid": self.agent_id,
            "allow_userinfos": {"user": [{"userid": member} for member in self.members]},
            "allow_partys": {"partyid": []},
            "allow_tags": {"tagid": []},
            "close": int(self.closed),
            "redirect_domain": self.domain,
        }

    def member(self) -> dict[str, Any]:
        user = request.args.get("userid", "")
        return {**OK, "userid": user, "status": self.members[user]} if user in self.members else error(60111)


def _with_rest(button: dict[str, Any]) -> dict[str, Any]:
    """As the platform tells a button: with an empty list where there is none below."""
    return {**button, "sub_button": [_with_rest(one) for one in button.get("sub_button", [])]}


def _wrong(buttons: list[dict[str, Any]], most: int, longest: int, wecom: bool) -> int | None:
    """The error code for buttons that the platform does not take."""
    if not 0 < len(buttons) <= most:
        return 40016
    for one in buttons:
        if not 0 < len(one.get("name", "").encode()) <= longest:
            return 40018
        if below := one.get("sub_button"):
            if wrong := _wrong(below, BELOW, NAME_BELOW[wecom], wecom):
                return wrong
        elif one.get("type") != "click":
            return 40017
        elif not 0 < len(one.get("key", "").encode()) <= KEY:
            return 40019
    return None


def blueprint(console: Console) -> Blueprint:
    """The calls beside those that send."""
    api = Blueprint("console", __name__)

    @api.get("/template/get_all_private_template")
    def templates() -> Response:
        return console.asked("template", False, console.template_list)

    @api.get("/menu/get")
    def menu() -> Response:
        wecom = "agentid" in request.args
        return console.asked("menu/get", wecom, lambda: console.menu(wecom))

    @api.post("/menu/create")
    def make_menu() -> Response:
        wecom = "agentid" in request.args
        return console.asked("menu/create", wecom, lambda: console.make_menu(wecom))

    @api.get("/agent/get")
    def agent() -> Response:
        return console.asked("agent/get", True, console.agent)

    @api.get("/user/get")
    def member() -> Response:
        return console.asked("user/get", True, console.member)

    return api
