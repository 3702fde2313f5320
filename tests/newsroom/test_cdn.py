"""What the environment says about a CDN is used whole, or a sentence names what cannot be used."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import cdn
from tests.newsroom.test_environment import manage

FASTLY = {
    "CDN_PURGE_URL": "https://api.fastly.com/service/abc/",
    "CDN_PURGE_KIND": "fastly",
    "CDN_PURGE_TOKEN": "tok",
    "CDN_SECRET": "sixteen-letters-or-more",
}


@pytest.fixture
def environment(monkeypatch):
    def use(**variables: str) -> None:
        for name in FASTLY:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return use


def test_without_an_address_there_is_none(environment):
    environment(CDN_PURGE_KIND="nonsense")
    assert cdn.from_environment() is None


def test_what_is_given_is_used(environment):
    environment(**FASTLY, CDN_MAX_AGE="60")
    found = cdn.from_environment()
    assert found == cdn.Cdn("fastly", ("https://api.fastly.com/service/abc",), "tok", "sixteen-letters-or-more", 60)


def test_several_caches_may_be_named(environment):
    environment(CDN_PURGE_URL="http://10.0.0.1:6081 http://10.0.0.2:6081", CDN_PURGE_KIND="varnish", CDN_SECRET="x" * 16)
    found = cdn.from_environment()
    assert found
    assert found.addresses == ("http://10.0.0.1:6081", "http://10.0.0.2:6081")


def test_its_secrets_are_not_shown(environment):
    environment(**FASTLY)
    assert "tok" not in repr(cdn.from_environment())
    assert "sixteen" not in repr(cdn.from_environment())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"CDN_PURGE_KIND": "akamai"}, "must be one of fastly, cloudflare, varnish, generic."),
        ({"CDN_PURGE_URL": "api.fastly.com"}, "CDN_PURGE_URL cannot be used"),
        ({"CDN_PURGE_URL": "https://[::1"}, "CDN_PURGE_URL cannot be used"),
        ({"CDN_PURGE_URL": "https://user:pass@api.fastly.com/"}, "CDN_PURGE_URL cannot be used"),
        ({"CDN_PURGE_URL": "https://api.fastly.com/?key=1"}, "CDN_PURGE_URL cannot be used"),
        ({"CDN_PURGE_URL": "http://api.fastly.com/service/abc"}, "CDN_PURGE_URL must begin with https:// for fastly"),
        ({"CDN_PURGE_TOKEN": ""}, "CDN_PURGE_TOKEN is missing"),
        ({"CDN_PURGE_TOKEN": "two words"}, "CDN_PURGE_TOKEN cannot be used"),
        ({"CDN_SECRET": ""}, "CDN_SECRET is missing"),
        ({"CDN_SECRET": "short"}, "CDN_SECRET cannot be used: it must be at least 16"),
        ({"CDN_MAX_AGE": "0"}, "CDN_MAX_AGE=0 cannot be used"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(environment, changes, sentence):
    environment(**FASTLY | changes)
    with pytest.raises(ImproperlyConfigured) as refused:
        cdn.from_environment()
    assert sentence in str(refused.value)
    assert "pass@" not in str(refused.value)


def test_manage_says_it_without_a_traceback():
    done = manage("check", CDN_PURGE_URL="nowhere")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("CDN_PURGE_URL cannot be used")
