"""Links that open one picture, or what is held on them, for one person, for a while."""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

LIFE = timedelta(days=7)
MINE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Links:
    """Signed with the secret key; whoever changes one opens nothing."""

    base: str
    signer: URLSafeTimedSerializer
    own: URLSafeTimedSerializer

    @classmethod
    def of(cls, base: str, secret: str) -> "Links":
        signers = (URLSafeTimedSerializer(secret, salt=salt) for salt in ("media", "mine"))
        return cls(base.rstrip("/"), *signers)

    def make(self, media: int, person: int) -> str:
        return f"{self.base}/media/{self.signer.dumps([media, person])}"

    def read(self, token: str) -> tuple[int, int] | None:
        """Which picture for whom; None for what we did not sign or what is too old."""
        try:
            media, person = self.signer.loads(token, max_age=int(LIFE.total_seconds()))
        except (BadData, ValueError, TypeError):
            return None
        return int(media), int(person)

    def mine(self, person: int) -> str:
        """To all that is held on a person."""
        return f"{self.base}/mine/{self.own.dumps(person)}"

    def whose(self, token: str) -> int | None:
        """On whom; None for what we did not sign or what is too old."""
        try:
            return int(self.own.loads(token, max_age=int(MINE.total_seconds())))
        except (BadData, ValueError, TypeError):
            return None
