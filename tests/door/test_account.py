"""The account as it is configured: a mistake stops the start instead of opening a door that is no door."""

from pathlib import Path

import pytest

from bot import config
from bot.environment import ConfigError
from tests.door.caller import APP_ID, KEY, PLAIN, SAFE, SEALED, TOKEN, account


def test_safe_is_the_mode_unless_plain_is_asked_for() -> None:
    assert account(SAFE).sealed == SEALED
    assert account(SAFE | {"LIANXIN_OA_MODE": ""}).sealed == SEALED
    assert account(PLAIN).sealed is None


def test_without_a_token_there_is_no_account() -> None:
    assert config.load({}).oa is None
    assert config.load({"LIANXIN_OA_TOKEN": "", "LIANXIN_OA_APPID": "", "LIANXIN_OA_MODE": "safe"}).oa is None


@pytest.mark.parametrize("name", ["APPID", "AES_KEY", "SECRET", "TEMPLATE_ID"])
def test_half_an_account_stops_the_start(name: str) -> None:
    """A: an empty token beside other settings of the account stops the start"""
    with pytest.raises(ConfigError, match="LIANXIN_OA_TOKEN"):
        config.load({f"LIANXIN_OA_{name}": "given"})


@pytest.mark.parametrize("token", [" ", "\t", " door", "door\n"])
def test_a_token_with_blanks_around_it_stops_the_start(token: str) -> None:
    """A: a token of blanks stops the start"""
    with pytest.raises(ConfigError, match="LIANXIN_OA_TOKEN: begins or ends with a blank"):
        config.load(SAFE | {"LIANXIN_OA_TOKEN": token})


@pytest.mark.parametrize("mode", ["aes", "Safe", "compat", "none"])
def test_a_mode_nobody_knows_stops_the_start(mode: str) -> None:
    with pytest.raises(ConfigError, match="LIANXIN_OA_MODE"):
        config.load(SAFE | {"LIANXIN_OA_MODE": mode})


@pytest.mark.parametrize(
    ("name", "value"), [("APPID", ""), ("AES_KEY", ""), ("AES_KEY", KEY[:-1]), ("AES_KEY", KEY + "=")]
)
def test_safe_mode_needs_a_key_and_an_app_id(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"LIANXIN_OA_{name}"):
        config.load(SAFE | {f"LIANXIN_OA_{name}": value})


def test_secrets_may_come_in_files(tmp_path: Path) -> None:
    for name, value in {"TOKEN": TOKEN, "AES_KEY": KEY}.items():
        (tmp_path / name).write_text(f"{value}\n")
    given = {f"LIANXIN_OA_{name}_FILE": str(tmp_path / name) for name in ("TOKEN", "AES_KEY")}

    assert account(given | {"LIANXIN_OA_APPID": APP_ID}).sealed == SEALED


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_read_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError, match="LIANXIN_OA_TOKEN_FILE"):
        config.load({"LIANXIN_OA_TOKEN_FILE": str(path)})
