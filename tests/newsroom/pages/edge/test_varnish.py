"""The real Varnish with deploy/varnish.vcl, where it is installed."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import urllib3

from newsroom.models import Touch
from newsroom.pages.edge import outbox
from newsroom.pages.edge.client import Refused, purge
from tests.cdn import PurgeService
from tests.newsroom.pages.edge import test_through
from tests.newsroom.pages.edge.test_through import Cache, change

XKEY = list(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so"))
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not (shutil.which("varnishd") and XKEY), reason="Varnish and its module xkey are not installed."),
]
VCL = Path(__file__).resolve().parents[4] / "deploy/varnish.vcl"
service, cache = test_through.service, test_through.cache


class Server(ThreadingMixIn, WSGIServer):
    pass


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def origin(cache: Cache) -> Iterator[int]:
    """The site of the small cache's tests, over HTTP."""
    with make_server("127.0.0.1", 0, cache.site, Server, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def varnish(origin: int, settings, tmp_path) -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings.CDN = PurgeService(1).cdn("varnish", addresses=(f"http://{address}",), token="purge-token")
    text = VCL.read_text().replace('.port = "8000"', f'.port = "{origin}"')
    text = text.replace("CHANGE-purge-token", settings.CDN.token).replace("CHANGE-cdn-secret", settings.CDN.secret)
    (tmp_path / "site.vcl").write_text(text)
    command = ["varnishd", "-F", "-j", "none", "-n", tmp_path / "varnish", "-a", address, "-s", "malloc,16m"]
    with subprocess.Popen(
        [*command, "-f", tmp_path / "site.vcl"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", int(address.rpartition(":")[2]))) == 0:
                        break
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
            yield f"http://{address}"
        finally:
            process.terminate()


def ask(address: str, path: str = "/things/a/", method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    headers = {"Host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager(retries=False) as http:
        return http.request(method, f"{address}{path}", headers=headers)


def read(address: str, path: str = "/things/a/") -> int:
    return int(ask(address, path).data)


def tell_until_confirmed() -> None:
    moment = datetime.now(UTC)
    while Touch.objects.filter(confirmed_at=None).exists():
        outbox.tell(at=moment)
        moment += timedelta(seconds=1)


def test_varnish_keeps_a_page_until_it_is_told(varnish):
    assert (read(varnish), read(varnish, "/things/b/")) == (1, 1)
    change("a")
    change("b")
    Touch.objects.filter(keys=["thing:b"]).update(confirmed_at=datetime.now(UTC))  # as if nobody told it of b
    assert (read(varnish), read(varnish, "/things/b/")) == (1, 1)
    tell_until_confirmed()
    assert (read(varnish), read(varnish, "/things/b/")) == (2, 1)


def test_all_pages_go_at_once(varnish, settings):
    read(varnish)
    change("a")
    purge(settings.CDN, ["everything"])
    assert read(varnish) == 2


def test_readers_get_what_they_would_get_from_us(varnish, origin):
    theirs, ours = ask(varnish), ask(f"http://127.0.0.1:{origin}")
    left_out = {"date", "server", "connection", "accept-ranges", "transfer-encoding"}
    found = [{name.lower(): value for name, value in answer.headers.items()} for answer in (theirs, ours)]
    assert len({tuple(sorted((name, value) for name, value in some.items() if name not in left_out)) for some in found}) == 1
    assert ask(varnish, If_None_Match=theirs.headers["ETag"]).status == 304


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guess"}])
def test_a_stranger_cannot_purge(varnish, headers):
    read(varnish)
    change("a")
    assert ask(varnish, method="PURGE", Surrogate_Key="everything", **headers).status == 403
    assert read(varnish) == 1


def test_a_stranger_does_not_see_the_names(varnish, settings):
    answer = ask(varnish, X_Newsroom_CDN=settings.CDN.secret)
    assert {"surrogate-key", "surrogate-control", "xkey"} & {name.lower() for name in answer.headers} == set()


def test_a_page_with_a_query_string_is_not_kept(varnish):
    path = "/things/a/?page=1"
    assert read(varnish, path) == 1
    change("a")
    assert read(varnish, path) == 2


def test_a_wrong_token_is_said(varnish, settings):
    with pytest.raises(Refused, match="refuses our token"):
        purge(PurgeService(1).cdn("varnish", addresses=settings.CDN.addresses, token="wrong"), ["a"])
