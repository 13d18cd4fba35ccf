"""Three hundred items through a hundred and twenty days of people as they are."""

import logging
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from routing.lifecycle import ENDED
from store.tables import Item
from tests.desk import Desk
from tests.simulation.crowd import Crowd
from tests.simulation.laws import Laws
from tests.simulation.town import settle

GRAIN = timedelta(minutes=5)
"""The town's worker looks this often, as a real one does every few seconds; between two due moments it sleeps."""


class Town(Desk):
    laws: Laws | None = None

    def work(self) -> None:
        super().work()
        if self.laws is not None:
            self.laws.check()

    def close(self) -> None:
        """Nobody asks what was pushed to whom; the laws have."""
        self.store.close()

    def _next_due(self) -> object:
        due = super()._next_due()
        return None if due is None else max(due, self.clock.moment + GRAIN)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("seed", [2026])
def test_nothing_is_forgotten_whatever_people_do(
    database_url: str, tmp_path: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    town = Town(database_url)
    settle(town, tmp_path)
    town.laws = Laws(town)
    crowd = Crowd(town, seed)

    with caplog.at_level(logging.ERROR):
        for moment in crowd.live(days=120, items=300):
            town.until(moment)

    assert not caplog.records
    with town.store.read() as session:
        states = Counter(session.scalars(select(Item.state)))
    assert states.total() >= 300
    assert states["closed"] > 100, states
    assert sum(states[state] for state in ENDED) > 200, states
    town.close()
