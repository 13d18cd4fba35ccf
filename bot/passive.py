"""How an answer is put into the words of a passive reply."""

from bot import xml
from bot.message import OA
from bot.service import Service
from bot.texts import Rendered, can_say

UNSAFE = set('"<>&')
LONGEST_BUTTON = 100


def passive(service: Service, channel: str, said: Rendered) -> str:
    """A passive reply can hold no buttons. On the service account links that speak for the user take their place;
    WeCom knows no such links, so the words are named."""
    if channel != OA:
        return can_say(service.texts, said)
    links = "\u3000".join(
        f'<a href="weixin://bizmsgmenu?msgmenucontent={label}&msgmenuid={words}">{label}</a>'
        for words, label in said.buttons
        if not UNSAFE & set(words + label) and len(words) <= LONGEST_BUTTON
    )
    if not links:
        return said.text
    return f"{xml.fit(said.text, xml.REPLY_BYTES - len(links.encode()) - 1)}\n{links}"
