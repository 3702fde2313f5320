"""Where readers, feeds and search engines meet a correction or a retraction."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import correcting, paging, publishing
from articles.models import Article
from tests.factories import NOON, make_article, make_section
from tests.pages import tree, without_visitor, xml

pytestmark = pytest.mark.django_db

LATER, LATEST = NOON + timedelta(hours=30), NOON + timedelta(hours=31)
WHY = "The documents were forged & we fell for it."
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def page(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    return tree(response.content.decode())


def data(client: Client, article: Article) -> dict[str, Any]:
    scripts = page(client, article.get_absolute_url()).xpath("//script[@type='application/ld+json']/text()")
    found: dict[str, Any] = json.loads(scripts[0])
    return found


def retracted(**overrides: Any) -> Article:
    return correcting.retract(make_article(**overrides), WHY, by=None, at=LATER)


# On the article


def test_notes_stand_above_and_under_the_text_with_their_day(client: Client) -> None:
    article = make_article()
    under = correcting.correct(article, "Four cranes.\n\nNot three.", by=None, at=LATER)
    correcting.correct(article, "The author was a docker.", by=None, at=LATEST, kind="note", place="top")
    body = page(client, article.get_absolute_url())
    top, bottom = body.xpath("//section[@class='corrections']")
    assert words(top) == "Editor’s note November 24, 2026 The author was a docker."
    assert words(bottom) == "Correction November 24, 2026 Four cranes. Not three."
    assert bottom.xpath(".//time/@datetime") == ["2026-11-24T18:00:00+00:00"]
    assert bottom.xpath(".//@id") == [f"correction-{under.pk}"]
    order = body.xpath("//section[@class='corrections'] | //div[contains(@class, 'article-text')]")
    assert [element.tag for element in order] == ["section", "div", "section"]


def test_a_note_put_otherwise_says_which_one_it_replaces(client: Client) -> None:
    note = correcting.correct(make_article(), "Four.", by=None, at=NOON)
    correcting.amend(note, "Five.", by=None, at=LATER)
    (section,) = page(client, note.article.get_absolute_url()).xpath("//section[@class='corrections']")
    assert words(section) == "Correction November 24, 2026 Five. This replaces a note of November 23, 2026."


def test_without_a_note_nothing_is_said(client: Client) -> None:
    article = make_article()
    correcting.take_back(correcting.correct(article, "Four.", by=None, at=LATER), by=None, at=LATEST)
    assert page(client, article.get_absolute_url()).xpath("//section[@class='corrections']") == []
    assert "correction" not in data(client, article)


def test_a_retracted_article_answers_says_why_and_may_be_found(client: Client) -> None:
    article = retracted(headline="Forged", body="<p>The text that was wrong.</p>")
    response = client.get(article.get_absolute_url())
    body = tree(response.content.decode())
    assert (response.status_code, response.get("X-Robots-Tag")) == (200, None)
    assert words(body.xpath("//div[contains(@class, 'retraction')]")[0]) == f"This article is retracted November 24, 2026 {WHY}"
    assert body.xpath("string(//title)").startswith("Retracted: Forged – ")
    assert body.xpath("//meta[@name='robots']") == []
    assert "The text that was wrong." in response.content.decode()


def test_a_text_that_was_taken_away_is_nowhere_to_be_read(client: Client) -> None:
    article = make_article(headline="Forged", body="<p>Libellous.</p>", standfirst="Libellous.", summary="Libellous.")
    correcting.retract(article, WHY, by=None, at=LATER, take_text=True)
    for address in (article.get_absolute_url(), "/latest/", "/feeds/latest.rss", "/feeds/latest.json", "/search/?q=forged"):
        content = client.get(address).content.decode()
        assert "Libellous" not in content, address
        assert "Forged" in content, address
    assert b"taken away with its retraction" in client.get(article.get_absolute_url()).content
    assert b"Forged" not in client.get("/search/?q=libellous").content


def test_search_engines_are_told_of_every_note(client: Client, settings: Any) -> None:
    article = make_article()
    note = correcting.correct(article, "Four </script> cranes.", by=None, at=LATER)
    assert "creativeWorkStatus" not in data(client, article)
    article = correcting.retract(article, WHY, by=None, at=LATEST)
    told = data(client, article)
    assert told["correction"][0] == {
        "@type": "CorrectionComment",
        "name": "Correction",
        "text": "Four </script> cranes.",
        "datePublished": "2026-11-24T18:00:00+00:00",
        "url": f"{settings.SITE_URL}{article.get_absolute_url()}#correction-{note.pk}",
    }
    assert (told["correction"][1]["name"], told["correction"][1]["text"]) == ("Retraction", WHY)
    assert (told["creativeWorkStatus"], told["dateModified"]) == ("Retracted", "2026-11-24T19:00:00+00:00")


def test_a_retracted_article_asks_for_nothing() -> None:
    assert (make_article().asks_for_nothing, retracted().asks_for_nothing) == (False, True)


# In lists


def test_lists_mark_what_is_retracted(client: Client) -> None:
    retracted(headline="Forged stamps")
    for address in ("/latest/", "/search/?q=forged"):
        assert [words(each) for each in page(client, address).xpath("//article//h2")] == ["Retracted: Forged stamps"], address


def test_nothing_of_ours_leads_to_what_is_retracted(client: Client) -> None:
    now, section = timezone.now(), make_section()
    stays = make_article(headline="Stays", section=section, published_at=now - timedelta(hours=1))
    gone = make_article(headline="Forged", section=section, published_at=now - timedelta(hours=2))
    correcting.retract(gone, WHY, by=None, at=now)
    for address in ("/", stays.get_absolute_url(), "/news-sitemap.xml"):
        assert "Forged" not in client.get(address).content.decode(), address
    correcting.unretract(gone, by=None, at=now)
    for address in ("/", stays.get_absolute_url(), "/news-sitemap.xml"):
        assert "Forged" in client.get(address).content.decode(), address


def test_feeds_carry_the_note_and_its_moment(client: Client) -> None:
    article = make_article(headline="Cranes", summary="About cranes.")
    correcting.correct(article, "Four <b>cranes</b>.", by=None, at=LATER)
    note = "Correction, November 24, 2026: Four <b>cranes</b>."
    (rss,) = xml(client.get("/feeds/latest.rss")).xpath("//item/description/text()")
    assert rss == "<p>About cranes.</p><p>Correction, November 24, 2026: Four &lt;b&gt;cranes&lt;/b&gt;.</p>"
    atom = xml(client.get("/feeds/latest.atom"))
    assert atom.xpath("//a:entry/a:summary/text()", namespaces=ATOM) == [f"About cranes.\n\n{note}"]
    assert atom.xpath("//a:entry/a:updated/text()", namespaces=ATOM) == ["2026-11-24T18:00:00+00:00"]
    (item,) = client.get("/feeds/latest.json").json()["items"]
    assert (item["summary"], item["content_text"]) == ("About cranes.", f"About cranes.\n\n{note}")
    assert item["date_modified"] == "2026-11-24T18:00:00+00:00"


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feeds_mark_what_is_retracted(client: Client, form: str) -> None:
    retracted(headline="Forged")
    assert b"Retracted: Forged" in client.get(f"/feeds/latest.{form}").content


def test_the_sitemap_tells_of_the_change_and_of_the_page(client: Client) -> None:
    article = retracted()
    month = xml(client.get("/sitemaps/2026-11.xml"))
    entry = month.xpath(f"//*[local-name()='url'][contains(., '{article.slug}')]")[0]
    assert entry.xpath("string(*[local-name()='lastmod'])") == "2026-11-24T18:00:00+00:00"
    assert b"/corrections/<" in client.get("/sitemaps/pages.xml").content


# The page of all corrections


def test_all_corrections_newest_first(client: Client) -> None:
    first, second, hidden = make_article(headline="Cranes"), retracted(headline="Forged"), make_article()
    correcting.correct(first, "Four.", by=None, at=LATEST)
    correcting.correct(hidden, "Hidden.", by=None, at=LATEST)
    publishing.withdraw(hidden, by=None, at=LATEST)
    cards = page(client, "/corrections/").xpath("//article")
    assert [words(card) for card in cards] == [
        "Correction November 24, 2026 Cranes Four.",
        f"Retraction November 24, 2026 Retracted: Forged {WHY}",
    ]
    assert cards[1].xpath(".//h2/a/@href")[0].startswith(f"{second.get_absolute_url()}#correction-")
    assert without_visitor(client.get("/corrections/"))


def test_before_the_first_one_it_says_so(client: Client) -> None:
    assert "No correction has been published yet." in client.get("/corrections/").content.decode()


def test_its_pages_are_numbered_from_the_oldest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging.page_of, "__kwdefaults__", {"size": 2})
    article = make_article()
    for number in range(5):
        correcting.correct(article, f"Number {number}.", by=None, at=LATER + timedelta(hours=number))

    def texts(address: str) -> list[str]:
        return [words(each) for each in page(client, address).xpath("//div[@class='card-teaser']")]

    assert texts("/corrections/") == ["Number 4.", "Number 3.", "Number 2."]
    assert texts("/corrections/page/1/") == ["Number 1.", "Number 0."]
    assert page(client, "/corrections/").xpath("//nav[@aria-label='Pages']//a/@href") == ["/corrections/page/1/"]
    assert client.get("/corrections/page/3/").status_code == 302
    assert client.get("/corrections/page/4/").status_code == 404


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_its_feed(client: Client, form: str, settings: Any) -> None:
    note = correcting.correct(make_article(headline="Cranes"), "Four.", by=None, at=LATER)
    content = client.get(f"/corrections/feed.{form}").content.decode()
    for part in ("Correction: Cranes", "Four.", f"{settings.SITE_URL}{note.get_absolute_url()}", f"correction/{note.pk}"):
        assert part in content, part


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_however_many(client: Client, rows: int, django_assert_num_queries: Any) -> None:
    for number in range(rows):
        correcting.correct(make_article(), f"Number {number}.", by=None, at=LATER)
    client.get("/corrections/")  # the site's own settings are asked for once
    for address, queries in (("/corrections/", 5), ("/corrections/feed.atom", 2)):
        with django_assert_num_queries(queries):
            client.get(address)
