"""Moments and days as people say them, in local time."""

from datetime import date, datetime, time, timedelta

from bot.texts import Texts
from routing.calendar import Calendar
from routing.flags import overdue
from store.tables import Item

MIDNIGHT = time(0)


class Moments:
    """Turns moments into words."""

    def __init__(self, texts: Texts, calendar: Calendar) -> None:
        self.texts = texts
        self.calendar = calendar

    def when(self, moment: datetime | None) -> str:
        """A moment as people say it: month, day, weekday, time."""
        if moment is None:
            return self.texts.label("word", "no_deadline")
        local = self.calendar.local(moment)
        return f"{self.day(local.date())} {local:%H:%M}"

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        """From when until when, half-open, as people say it: whole days without the time."""
        first, last = self.calendar.local(starts_at), self.calendar.local(ends_at)
        end = self.day((last - timedelta(days=1)).date()) if last.time() == MIDNIGHT else self.when(last)
        start = self.day(first.date()) if first.time() == MIDNIGHT else self.when(first)
        return start if start == end else f"{start} – {end}"

    def full_time(self, moment: datetime) -> str:
        """A moment in the only form that a `time` field of a template message takes."""
        local = self.calendar.local(moment)
        return self.texts.labels["word"]["full_time"].format(
            year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}"
        )

    def day(self, day: date) -> str:
        pattern = self.texts.labels["word"]["day"]
        return pattern.format(month=day.month, day=day.day, weekday=self.texts.weekdays[day.weekday()])

    def late(self, item: Item, now: datetime) -> str:
        """How far past its deadline an item is, in working days; empty when it is not."""
        if item.due_at is None or not overdue(item, now):
            return ""
        days = self.calendar.between(item.due_at, now) / self.calendar.day_seconds
        return self.texts.labels["word"]["late"].format(days=f"{days:.1f}".removesuffix(".0"))
