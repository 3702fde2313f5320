from typing import Any

import pytest
from django.conf import settings
from lxml import html

from articles import embeds
from articles.richtext import taken_in
from articles.writing import for_mail, for_readers

FRAMES = {
    "https://www.youtube.com/watch?v=abc_DEF-123&t=42s": "https://www.youtube-nocookie.com/embed/abc_DEF-123?start=42",
    "https://youtu.be/abc_DEF-123": "https://www.youtube-nocookie.com/embed/abc_DEF-123",
    "https://m.youtube.com/shorts/abc_DEF-123": "https://www.youtube-nocookie.com/embed/abc_DEF-123",
    "https://vimeo.com/123456789": "https://player.vimeo.com/video/123456789?dnt=1",
    "https://vimeo.com/123456789/abcdef0123": "https://player.vimeo.com/video/123456789?dnt=1&h=abcdef0123",
    "https://soundcloud.com/lamp/talk": "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Flamp%2Ftalk",
    "https://www.openstreetmap.org/export/embed.html?bbox=-0.1,51.4,0.2,51.6&marker=51.5,0.1": (
        "https://www.openstreetmap.org/export/embed.html?bbox=-0.1%2C51.4%2C0.2%2C51.6&layer=mapnik&marker=51.5%2C0.1"
    ),
    "https://datawrapper.dwcdn.net/abc12/3/": "https://datawrapper.dwcdn.net/abc12/3/",
    "https://www.datawrapper.de/_/abc12/": "https://datawrapper.dwcdn.net/abc12/1/",
    "https://tube.example.org/w/abcdefgh12": "https://tube.example.org/videos/embed/abcdefgh12",
}
POSTS = {
    "https://social.example/@ana/112233445566778899": "Mastodon",
    "https://bsky.app/profile/ana.example/post/3kabc": "Bluesky",
    "https://www.openstreetmap.org/node/123": "OpenStreetMap",
}
FOREIGN = [
    "https://youtube.com.evil.example/watch?v=abc_DEF-123",
    "http://youtu.be/abc_DEF-123",
    "https://youtu.be:444/abc_DEF-123",
    "https://ana@youtu.be/abc_DEF-123",
    "https://youtu.be/a%22onload=x",
    "https://other.example.org/w/abcdefgh12",
    "https://vimeo.com/about",
    "https://[/",
]


@pytest.fixture(autouse=True)
def peertube(settings):
    settings.PEERTUBE_HOSTS = ["tube.example.org"]


@pytest.mark.parametrize(("address", "frame"), FRAMES.items())
def test_an_address_of_a_player_is_known(address, frame):
    found = embeds.known(address)
    assert found
    assert found.frame == frame


@pytest.mark.parametrize(("address", "provider"), POSTS.items())
def test_a_post_is_a_card_without_a_frame(address, provider):
    assert embeds.known(address) == embeds.Embed(provider, "Map" if provider == "OpenStreetMap" else "Post")


@pytest.mark.parametrize("address", FOREIGN)
def test_other_addresses_are_links(address):
    assert embeds.known(address) is None


def test_the_policy_lets_every_player_in_and_nobody_else():
    policy: dict[str, Any] = settings.SECURE_CSP
    allowed = policy["frame-src"][1:]
    hosts = {"/".join(frame.split("/")[:3]) for address, frame in FRAMES.items() if "tube.example.org" not in address}
    assert set(allowed) == hosts


@pytest.mark.parametrize(
    "posted",
    ["<p>https://youtu.be/abc_DEF-123</p>", '<p><a href="https://youtu.be/abc_DEF-123">https://youtu.be/abc_DEF-123</a></p>'],
)
def test_an_address_alone_in_a_paragraph_becomes_an_embed(posted):
    kept = '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">Video at YouTube</a></figure>'
    assert taken_in(posted) == kept
    assert taken_in(kept) == kept


@pytest.mark.parametrize(
    "body",
    [
        "<p>See https://youtu.be/abc_DEF-123</p>",
        '<p><a href="https://youtu.be/abc_DEF-123">Watch the talk</a></p>',
        "<p>https://example.org/a-page</p>",
    ],
)
def test_an_address_among_words_stays_what_it_is(body):
    assert taken_in(body) == body


def test_readers_get_a_card_that_loads_nothing():
    shown = html.fragment_fromstring(for_readers(embeds.kept("https://youtu.be/abc_DEF-123", "A <talk> & more")), "div")
    assert shown.xpath("string(.//a[@href='https://youtu.be/abc_DEF-123'])") == "A <talk> & more"
    assert shown.xpath("//iframe | //img | //*[starts-with(@src, 'http')]") == []
    assert shown.xpath("//figure/@data-frame") == ["https://www.youtube-nocookie.com/embed/abc_DEF-123"]
    assert shown.xpath("//p[button]/@hidden") == [""]
    assert len(shown.xpath("//script[@type='module']")) == 1


def test_a_post_asks_for_no_script():
    shown = for_readers(embeds.kept("https://bsky.app/profile/ana.example/post/3kabc", "What Ana said"))
    assert "<script" not in shown
    assert "button" not in shown


def test_an_embed_of_nobody_we_know_is_a_link_with_its_host():
    shown = for_readers(
        '<figure class="embed"><a href="https://video.example/1">A film</a><figcaption>At <em>sea</em></figcaption></figure>'
    )
    assert '<p class="embed-provider">video.example</p>' in shown
    assert "<figcaption>At <em>sea</em></figcaption>" in shown


def test_mails_have_the_link():
    assert (
        for_mail(embeds.kept("https://youtu.be/abc_DEF-123", "A talk"))
        == '<p><a href="https://youtu.be/abc_DEF-123">A talk</a></p>'
    )
    assert embeds.as_words(embeds.kept("https://youtu.be/abc_DEF-123", "A talk")) == "<p>A talk: https://youtu.be/abc_DEF-123</p>"


@pytest.mark.django_db
def test_the_policy_is_sent_with_the_page(client):
    assert "https://www.youtube-nocookie.com" in client.get("/admin/login/").headers["Content-Security-Policy"]
