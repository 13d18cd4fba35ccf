"""The page's files over HTTP: all of them, and nothing else."""

import contextlib
import http.client
from importlib.resources import files

import pytest
import requests

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
NAMES = sorted(file.name for file in files("bot.sim").joinpath("static").iterdir())


def get(address: str, path: str) -> requests.Response:
    return requests.get(f"{address}{path}", timeout=10)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_the_page_is_served_as_what_it_is(shared_demo: str, name: str) -> None:
    answer = get(shared_demo, f"/static/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == KINDS[name.rpartition(".")[2]]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/..",
        "/static/../routes.py",
        "/static/%2e%2e%2froutes.py",
        "/static/..%5croutes.py",
        "/static/routes.py",
        "/static/page.js%00",
        "/static/PAGE.JS",
    ],
)
def test_nothing_else_is_served(shared_demo: str, path: str) -> None:
    connection = http.client.HTTPConnection(shared_demo.removeprefix("http://"), timeout=10)
    with contextlib.closing(connection):  # it sends the path as written; other clients tidy it first
        connection.request("GET", path)
        assert connection.getresponse().status == 404


def test_the_browser_gets_an_icon_unasked(shared_demo: str) -> None:
    answer = get(shared_demo, "/favicon.ico")

    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "image/svg+xml")
