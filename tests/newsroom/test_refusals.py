"""A real gunicorn, as the trial starts it: what it says by itself, and what it says about HEAD."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom import processes, trial
from tests.pages import tree

ROOT = Path(__file__).resolve().parent.parent.parent
PROTECTING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Gunicorn:
    def __init__(self, log: Path) -> None:
        self.log = log
        self.listener = processes.listen("127.0.0.1", 0)
        self.port = self.listener.getsockname()[1]
        child = trial.web(self.listener)
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "DEBUG": "1"}  # nobody ran collectstatic
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                child.command, cwd=ROOT, env=environment, pass_fds=list(child.pass_fds), stdout=file, stderr=file
            )

    def say(self, request: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(connection, method=request.split(b" ")[0].decode())
            response.begin()
            return response, response.read()


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory) -> Iterator[Gunicorn]:
    server = Gunicorn(tmp_path_factory.mktemp("gunicorn") / "log")
    yield server
    server.process.terminate()
    server.process.wait(30)
    server.listener.close()


@pytest.mark.parametrize(
    ("request_", "status", "heading"),
    [
        (b"nonsense\r\n\r\n", 400, "We did not understand this"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "We did not understand this"),
        (b"GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"a" * 5000), 414, "This address is too long"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n" % (b"a" * 9000), 431, "Your browser sent too much"),
    ],
    ids=["no HTTP", "a broken header", "a long address", "a long header"],
)
def test_what_gunicorn_refuses_by_itself_gets_a_page_and_every_header_of_ours(gunicorn, request_, status, heading):
    response, page = gunicorn.say(request_)
    assert response.status == status
    assert tree(page).findtext(".//h1") == heading
    assert tree(page).get("lang") == "en"
    headers = dict(response.getheaders())
    assert headers["Content-Security-Policy"].startswith("default-src 'self'; script-src 'self'; ")
    assert headers | PROTECTING == headers
    assert int(headers["Content-Length"]) == len(page)


def test_nothing_of_what_was_sent_comes_back(gunicorn):
    _, page = gunicorn.say(b"<script>alert(1)</script>\r\n\r\n")
    assert b"alert" not in page


def test_an_answer_to_head_has_the_length_of_the_page_and_no_body_and_nobody_is_warned(gunicorn):
    ask = b"%s /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    got, page = gunicorn.say(ask % b"GET")
    head, nothing = gunicorn.say(ask % b"HEAD")
    assert (got.status, head.status, nothing) == (200, 200, b"")
    assert head.getheader("Content-Length") == str(len(page))
    time.sleep(0.2)
    assert "no-body response" not in gunicorn.log.read_text()
