"""What is at hand while one message is answered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bot.message import Message
from bot.service import Service
from bot.texts import Rendered
from intake.analyse import Analysis
from intake.submit import Arrival, Words
from routing.policy import Turn
from store.tables import Identity, Item, Person


@dataclass(frozen=True, slots=True)
class Talk:
    """What is at hand while one message of one person is answered."""

    service: Service
    turn: Turn
    identity: Identity
    message: Message
    said: str  # what the person wrote, or the words behind the button they pressed

    @property
    def person(self) -> Person:
        return self.identity.person

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def today(self) -> date:
        """The local day."""
        return self.service.policy.calendar.local(self.turn.now).date()

    def say(self, key: str, item: Item | None = None, **facts: Any) -> Rendered:
        """The text of this key, with all that can be said of the item beside the facts given."""
        known = self.service.speaker.facts(item, self.person) if item else {}
        return self.service.texts.render(key, **{**known, **facts})

    def line(self, key: str, item: Item | None = None, **facts: Any) -> str:
        return self.say(key, item, **facts).text

    def understood(self, words: str) -> Analysis:
        """What words of this person say."""
        return self.service.intake.understood(words, bound=bool(self.person.enterprises))

    def arrival(self) -> Arrival:
        message = self.message
        words = Words(message.kind, self.said, message.media_id, message.latitude, message.longitude)
        return Arrival(self.session, self.person, words, self.turn.now, self.today)
