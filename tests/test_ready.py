"""Which secret keys are taken, refused, and warned of."""

import pytest

from bot.ready import hard_to_guess, usable


@pytest.mark.parametrize("key", ["", "short", "fifteen-letters", "changeme", "Change_Me-change_me1", "PASSWORD" * 4])
def test_a_key_that_is_missing_short_or_well_known_is_refused(key: str) -> None:
    assert not usable(key)


@pytest.mark.parametrize("key", ["x" * 32, "kT4mQz9a" * 4, "0123456789" * 2])
def test_a_key_that_repeats_itself_is_taken_and_warned_of(key: str) -> None:
    assert usable(key)
    assert not hard_to_guess(key)


@pytest.mark.parametrize("key", ["9f2c4b7e1d6a8053b4c9e7f1", "test-secret-key-of-an-office-0042"])
def test_any_other_long_key_is_simply_taken(key: str) -> None:
    assert usable(key)
    assert hard_to_guess(key)
