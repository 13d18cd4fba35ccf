"""The parts of the service, joined once at the start."""

from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.facts import Speaker
from bot.texts import Texts
from intake.submit import Intake
from routing.policy import Policy
from store.db import Store


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a message or a tick needs. Holds no state of its own beside the database."""

    store: Store
    intake: Intake
    policy: Policy
    texts: Texts
    speaker: Speaker
    clock: Clock


def assemble(store: Store, clock: Clock, config_dir: Path | None = None) -> Service:
    """Read all configuration files and join the parts. Raises FactError for the first mistake."""
    intake, policy, texts = Intake.load(config_dir), Policy.load(config_dir), Texts.load(config_dir)
    speaker = Speaker(texts, intake.analyser, policy.calendar)
    return Service(store, intake, policy, texts, speaker, clock)
