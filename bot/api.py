"""One call of a platform's API through wechatpy's client, with its known faults walled off."""

import json
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import requests
from urllib3.exceptions import NewConnectionError
from wechatpy.exceptions import WeChatClientException

from bot.senders import ErrorCodes, SendFailed, Trouble
from bot.tokens import Tokens

Answer = TypeVar("Answer")
TIMEOUT = (3.0, 8.0)


class Client(Protocol):
    """A client of wechatpy without its own token handling, which recurses without end and has no timeout."""

    tokens: Tokens
    API_BASE_URL: str

    def post(self, url: str, **given: Any) -> Any: ...


def told(answer: requests.Response) -> dict[str, Any]:
    """The token an answer holds. Raises WeChatClientException when the platform gives none."""
    answer.raise_for_status()
    fields: dict[str, Any] = dict(answer.json())
    if fields.get("errcode") and "access_token" not in fields:
        raise WeChatClientException(fields["errcode"], "no token")
    return fields


class Api:
    """Calls with what every failure means; a token that is refused is replaced once."""

    def __init__(self, client: Client, codes: ErrorCodes) -> None:
        self._client = client
        self._codes = codes

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The platform's answer. Raises SendFailed."""
        return self._twice(lambda token: self._posted(path, body, token))

    def download(self, media_id: str, most: int) -> bytes:
        """What somebody sent, of at most so many bytes. Raises SendFailed."""
        return self._twice(lambda token: self._downloaded(media_id, most, token))

    def _twice(self, call: Callable[[str], Answer]) -> Answer:
        try:
            return self._guarded(call)
        except SendFailed as failure:
            if failure.trouble is not Trouble.TOKEN:
                raise
        try:
            return self._guarded(call)
        except SendFailed as failure:
            if failure.trouble is Trouble.TOKEN:  # a fresh token is refused too: not a matter of the token
                self._client.tokens.doubt()
                raise SendFailed(Trouble.CONFIG, failure.note) from failure
            raise

    def _guarded(self, call: Callable[[str], Answer]) -> Answer:
        token = self._client.tokens.get()
        try:
            return call(token)
        except WeChatClientException as error:
            raise self._failed(error, token) from error
        except requests.RequestException as error:
            raise _lost(error) from error
        except (TypeError, ValueError) as error:  # wechatpy takes any errcode for a number
            raise SendFailed(Trouble.UNCERTAIN, "answer makes no sense") from error

    def _posted(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        answer = self._client.post(path, data=body, params={"access_token": token})
        if not isinstance(answer, dict):
            raise SendFailed(Trouble.UNCERTAIN, "answer is not JSON")
        return answer

    def _downloaded(self, media_id: str, most: int, token: str) -> bytes:
        asked = {"access_token": token, "media_id": media_id}
        url = f"{self._client.API_BASE_URL}media/get"
        with requests.get(url, params=asked, timeout=TIMEOUT, stream=True, allow_redirects=False) as answer:
            if answer.status_code != 200:
                raise SendFailed(Trouble.LATER, "HTTP error")
            content = answer.raw.read(most + 1, decode_content=False)
            if answer.headers.get("Content-Type", "").startswith(("application/json", "text/")):
                raise WeChatClientException(json.loads(content).get("errcode"), "no media")
        if len(content) > most:
            raise SendFailed(Trouble.PAYLOAD, "too large")
        return bytes(content)

    def _failed(self, error: WeChatClientException, token: str) -> SendFailed:
        if error.errcode is None:  # an HTTP error status: the platform said no before doing anything
            return SendFailed(Trouble.LATER, "HTTP error")
        trouble = self._codes.of(int(error.errcode))
        if trouble is Trouble.TOKEN:
            self._client.tokens.expire(token)
        return SendFailed(trouble, f"errcode {error.errcode}")


def _lost(error: requests.RequestException) -> SendFailed:
    """No connection, or not even an address: nothing was sent. Anything later: nobody knows."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    never_left = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    return SendFailed(Trouble.LATER if never_left else Trouble.UNCERTAIN, type(error).__name__)
