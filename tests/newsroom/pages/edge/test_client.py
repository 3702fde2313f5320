"""What goes over the wire, to a real server; and what counts as confirmed."""

import json
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import urllib3

from newsroom.pages.edge import client
from newsroom.pages.edge.names import ROOM
from tests.cdn import PurgeService, purge_service


@pytest.fixture
def service() -> Iterator[PurgeService]:
    with purge_service() as service:
        yield service


def test_generic(service):
    client.purge(service.cdn(), ["a", "b"])
    (call,) = service.calls
    assert (call.method, call.path, call.names) == ("POST", "/", ["a", "b"])
    assert call.headers["authorization"] == "Bearer t0ken"


def test_varnish(service):
    client.purge(service.cdn("varnish"), ["a", "b"])
    (call,) = service.calls
    assert (call.method, call.names, call.headers["authorization"]) == ("PURGE", ["a", "b"], "Bearer t0ken")


def test_fastly(service):
    client.purge(service.cdn("fastly", addresses=(f"{service.address}/service/x",)), ["a", "b"])
    (call,) = service.calls
    assert (call.method, call.path, call.names) == ("POST", "/service/x/purge", ["a", "b"])
    assert call.headers["fastly-key"] == "t0ken"


def test_cloudflare(service):
    client.purge(service.cdn("cloudflare", addresses=(f"{service.address}/zones/x",)), ["a", "b"])
    (call,) = service.calls
    assert (call.method, call.path, json.loads(call.body)) == ("POST", "/zones/x/purge_cache", {"tags": ["a", "b"]})
    assert (call.headers["authorization"], call.headers["content-type"]) == ("Bearer t0ken", "application/json")


@pytest.mark.parametrize("said", [b'{"success": false}', b"<html>", b"[]", b""])
def test_cloudflare_has_to_say_that_it_did(service, said):
    service.answers.append((200, {}, said))
    with pytest.raises(client.Refused, match="but did not purge"):
        client.purge(service.cdn("cloudflare"), ["a"])


def test_no_call_carries_more_names_than_the_service_takes(service):
    names = [f"n{number}" for number in range(65)]
    client.purge(service.cdn("cloudflare"), names)
    said = [json.loads(call.body)["tags"] for call in service.calls]
    assert [len(some) for some in said] == [30, 30, 5]
    assert [name for some in said for name in some] == names


def test_no_call_is_longer_than_a_header_may_be(service):
    names = ["n" * 120 + str(number) for number in range(200)]
    client.purge(service.cdn("varnish"), names)
    assert max(len(call.headers["surrogate-key"]) for call in service.calls) <= ROOM
    assert [name for call in service.calls for name in call.names] == names


@pytest.mark.parametrize("status", [301, 302, 400, 404, 429, 500, 503])
def test_anything_but_success_is_a_refusal(service, status):
    service.refuse(status, Location=f"{service.address}/elsewhere")
    with pytest.raises(client.Refused, match=f"refuses a purge with {status}"):
        client.purge(service.cdn(), ["a"])
    assert len(service.calls) == 1  # no redirect is followed, nothing tried again here


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_token_is_named_and_not_shown(service, status):
    service.refuse(status)
    with pytest.raises(client.Refused, match="refuses our token") as refused:
        client.purge(service.cdn(), ["a"])
    assert "t0ken" not in str(refused.value)


def test_it_may_ask_us_to_wait(service):
    service.refuse(429, Retry_After="120")
    with pytest.raises(client.Refused) as refused:
        client.purge(service.cdn(), ["a"])
    assert refused.value.wait == 120


def test_how_long_to_wait_may_be_a_date():
    later = datetime.now(UTC) + timedelta(seconds=100)
    assert 95 <= (client.seconds(format_datetime(later, usegmt=True)) or 0) <= 100
    assert client.seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert client.seconds("soon") is None


def test_one_that_hangs_does_not_hold_us(monkeypatch):
    monkeypatch.setattr(client, "WAIT", urllib3.Timeout(connect=0.2, read=0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cdn = PurgeService(silent.getsockname()[1]).cdn()
        with pytest.raises(client.Refused, match=r"does not answer \(ReadTimeoutError\)"):
            client.purge(cdn, ["a"])


def test_one_that_is_not_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(client.Refused, match="does not answer"):
        client.purge(PurgeService(port).cdn(), ["a"])


def test_one_of_several_that_fails_does_not_keep_the_others_from_knowing(service):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(client.Refused):
        client.purge(service.cdn(addresses=(dead, service.address)), ["a"])
    assert [call.names for call in service.calls] == [["a"]]


def test_the_token_is_in_no_log(service, caplog):
    with caplog.at_level(logging.DEBUG):
        service.refuse(500)
        with pytest.raises(client.Refused):
            client.purge(service.cdn(), ["a"])
    assert "t0ken" not in caplog.text
