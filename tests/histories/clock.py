"""Two clocks: the true one, by which the platforms live, and ours, which may jump."""

from datetime import datetime, timedelta


class Clocks:
    """As a `bot.clock.Clock` it is ours."""

    def __init__(self, start: datetime) -> None:
        self._true = start
        self._ahead = timedelta()
        self._set = [(start, self._ahead)]  # when it was set, and how far ahead it was from then on

    def now(self) -> datetime:
        return self._true + self._ahead

    def true(self) -> datetime:
        return self._true

    def go_on(self, length: timedelta) -> None:
        self._true += length

    def go_on_to(self, moment: datetime) -> None:
        """To a true moment, never back."""
        self._true = max(self._true, moment)

    def jump(self, length: timedelta) -> None:
        """Ours alone is set forward or back."""
        self._ahead += length
        self._set.append((self._true, self._ahead))

    def truly(self, ours: datetime) -> datetime:
        """The true moment at which ours will show this."""
        return ours - self._ahead

    def last_shown(self, ours: datetime) -> datetime:
        """The last true moment at which ours showed this: set back, it shows an hour twice."""
        return next(
            (ours - ahead for since, ahead in reversed(self._set) if ours - ahead >= since), ours - self._set[0][1]
        )
