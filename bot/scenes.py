"""Has the platform draw the codes that are to be scanned, and shows them to whoever asked."""

import logging
from datetime import timedelta
from urllib.parse import quote

from bot.api import Api
from bot.senders import SendFailed, Trouble
from bot.service import Service
from routing.policy import Turn
from store import outbox, rows
from store.tables import Scene

LEASE = timedelta(minutes=2)
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))
PATH = "qrcode/create"
PICTURE = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="
"""Where the platform shows the code of a ticket."""

log = logging.getLogger(__name__)


def draw(service: Service, api: Api | None) -> int:
    """Make what is wanted; how many were looked at. Any number of workers may do so at once."""
    looked = 0
    while api is not None and (wanted := _next(service)) is not None:
        looked += 1
        _draw(service, api, *wanted)
    return looked


def _next(service: Service) -> tuple[int, str, int, int] | None:
    now = service.clock.now()
    with service.store.write() as session:
        found = rows.lease(session, Scene, now, LEASE)
        if found is None:
            return None
        return found.id, found.token, max(60, int((found.expires_at - now).total_seconds())), found.attempts


def _draw(service: Service, api: Api, number: int, token: str, seconds: int, attempts: int) -> None:
    """Asking twice makes two codes that say the same: nothing to fear."""
    body = {"expire_seconds": seconds, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": token}}}
    try:
        ticket = str(api.post(PATH, body)["ticket"])
    except KeyError:
        _again(service, number, attempts, Trouble.LATER, "no ticket")
    except SendFailed as failure:
        _again(service, number, attempts, failure.trouble, failure.note)
    else:
        _told(service, number, f"{PICTURE}{quote(ticket, safe='')}")


def _told(service: Service, number: int, url: str) -> None:
    with service.store.write() as session:
        scene = session.get_one(Scene, number)
        scene.status, scene.url = "made", url
        _say(service, Turn(session, service.policy, service.clock.now()), scene, "scene_ready", url=url)


def _again(service: Service, number: int, attempts: int, trouble: Trouble, note: str) -> None:
    log.warning("scene %s: %s (%s)", number, trouble, note)
    with service.store.write() as session:
        scene = session.get_one(Scene, number)
        if attempts > len(WAITS) or trouble in (Trouble.PAYLOAD, Trouble.DROP):
            scene.status = "failed"
            _say(service, Turn(session, service.policy, service.clock.now()), scene, "scene_failed")
        else:
            scene.next_try = service.clock.now() + WAITS[attempts - 1]


def _say(service: Service, turn: Turn, scene: Scene, key: str, **facts: str) -> None:
    """They asked for it just now, so it comes at any hour."""
    until = scene.expires_at.isoformat()
    told = {"enterprise": scene.enterprise.name, "until_at": until, **facts}
    once = f"{key}:{scene.id}"
    now = turn.now
    outbox.put(turn.session, scene.by, key, once_key=once, now=now, not_before=now, urgent=True, facts=told)
