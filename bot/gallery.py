"""Shows one picture, voice or video to the one person a link was made for, while they may see the item; and people
all that is held on them."""

from flask import Blueprint, Response

from bot.links import Links
from bot.privacy import as_json
from bot.service import Service
from bot.which import may_see
from routing.policy import Turn
from store import media
from store.tables import Media, Person

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def blueprint(service: Service, links: Links) -> Blueprint:
    """`GET /media/<token>` and `/mine/<token>`. Whatever is wrong with a link gets one answer: nothing is here."""
    gallery = Blueprint("gallery", __name__)

    @gallery.get("/media/<token>")
    def show(token: str) -> Response | tuple[str, int]:
        asked = links.read(token)
        found = _allowed(service, *asked) if asked else None
        if found is None:
            return service.texts.say("picture_gone"), 404
        mime, content = found
        return Response(content, mimetype=mime, headers=HEADERS)

    @gallery.get("/mine/<token>")
    def mine(token: str) -> Response | tuple[str, int]:
        whose = links.whose(token)
        with service.store.read() as session:
            person = session.get(Person, whose) if whose else None
            if person is None or person.erased_at is not None:
                return service.texts.say("picture_gone"), 404
            return Response(as_json(session, person), mimetype="application/json", headers=HEADERS)

    return gallery


def _allowed(service: Service, number: int, reader: int) -> tuple[str, bytes] | None:
    with service.store.read() as session:
        kept, person = session.get(Media, number), session.get(Person, reader)
        if kept is None or person is None or not person.active or kept.status != "kept":
            return None
        turn = Turn(session, service.policy, service.clock.now())
        if not any(may_see(turn, person, item) for item in media.items_of(session, kept)):
            return None
        path = service.shelf.path(str(kept.sha256))
        return (str(kept.mime), path.read_bytes()) if path.is_file() else None
