"""Links that open one picture for one person, for a while."""

from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Links:
    """Signed with the secret key; whoever changes one opens nothing."""

    base: str
    signer: URLSafeTimedSerializer

    @classmethod
    def of(cls, base: str, secret: str) -> "Links":
        return cls(base.rstrip("/"), URLSafeTimedSerializer(secret, salt="media"))

    def make(self, media: int, person: int) -> str:
        return f"{self.base}/media/{self.signer.dumps([media, person])}"

    def read(self, token: str) -> tuple[int, int] | None:
        """Which picture for whom; None for what we did not sign or what is too old."""
        try:
            media, person = self.signer.loads(token, max_age=int(LIFE.total_seconds()))
        except (BadData, ValueError, TypeError):
            return None
        return int(media), int(person)
