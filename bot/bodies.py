"""The bodies of messages as each channel takes them, but for the account they go to."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards import card
from bot.service import Service, Subscription
from bot.texts import Rendered, can_say
from bot.xml import fit
from store.tables import Identity, Push


def body(
    service: Service, channel: str, push: Push, identity: Identity | None, said: Rendered, template_id: str
) -> dict[str, Any]:
    if channel == "custom":
        return custom(said)
    if channel == "wecom":
        if said.buttons and identity is not None and not identity.plain:
            return {"msgtype": "template_card", "template_card": card(service.texts, push, said)}
        return {"msgtype": "text", "text": {"content": fit(can_say(service.texts, said))}}
    if channel == "template":
        return template(service, template_id, push, said)
    if channel == "subscribe" and service.subscription is not None:
        return subscription(service, service.subscription, push, said)
    return {"name": push.person.name, "text": said.text}


def told_apart(service: Service, made: dict[str, Any], before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A body for WeCom, which drops what is the same as another within its memory: a text that says again what was
    said `before` says so. Cards differ by their task."""
    if made["msgtype"] != "text":
        return made
    said = made["text"]["content"]
    times = sum(said in str(one.get("text", {}).get("content", "")) for one in before)
    again = service.texts.label("word", "said_again").format(times=times + 1)
    return {"msgtype": "text", "text": {"content": fit(again + said)}} if times else made


def custom(said: Rendered) -> dict[str, Any]:
    """A customer-service message: a menu where there are buttons, else text."""
    text = fit(said.text)
    if not said.buttons:
        return {"msgtype": "text", "text": {"content": text}}
    choices = [{"id": spoken, "content": label} for spoken, label in said.buttons]
    menu = {"head_content": text, "list": choices, "tail_content": ""}
    return {"msgtype": "msgmenu", "msgmenu": menu}


def template(service: Service, template_id: str, push: Push, said: Rendered) -> dict[str, Any]:
    """A template message: number, enterprise, matter, deadline, what to do. Its key makes a repeat harmless."""
    data = _fields(service, service.template, push, said)
    key = hashlib.sha256(push.once_key.encode()).hexdigest()[:32]
    return {"template_id": template_id, "client_msg_id": key, "data": data}


def subscription(service: Service, wanted: Subscription, push: Push, said: Rendered) -> dict[str, Any]:
    """A subscription message: the same in another template. It knows no key against repeats."""
    return {"template_id": wanted.template_id, "data": _fields(service, wanted.fields, push, said)}


def _fields(service: Service, fields: Mapping[str, str], push: Push, said: Rendered) -> dict[str, Any]:
    item = push.item
    said_as = {
        "number": item.number if item else str(push.id),
        "enterprise": (item.enterprise.name if item and item.enterprise else push.person.name)[:20],
        "matter": said.matter,
        "time": service.speaker.full_time((item.due_at if item else None) or push.created_at),
        "todo": said.brief,
    }
    return {field: {"value": said_as[part]} for part, field in fields.items()}
