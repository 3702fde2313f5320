import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from articles.models import Article, Image, Status
from articles.publishing import keep, restore, withdraw
from tests.factories import NOON, make_article, make_author, make_section
from tests.pages import attribute, texts, tree, without_visitor

pytestmark = pytest.mark.django_db


def data(response: Any) -> dict[str, Any]:
    """The page's JSON-LD, by type."""
    blocks = [json.loads(text) for text in tree(response).xpath("//script[@type='application/ld+json']/text()")]
    return {block["@type"]: block for block in blocks}


def make_image(**overrides: Any) -> Image:
    fields = {"file": "images/dam.jpg", "width": 1800, "height": 1200, "sha256": "0" * 64, "alt": "A dam at dusk"}
    image = Image(**fields | overrides)
    Image.objects.bulk_create([image])
    return image


def test_a_reader_reads_an_article(client: Client) -> None:
    article = make_article(
        headline="Gates open",
        standfirst="For the first time in eleven years.",
        body="<p>The water came at six.</p>",
        section=make_section("Land", slug="land"),
        authors=[make_author("Zoë Alder"), make_author("Ben Ode"), make_author("Ana Ruiz")],
        tags=["Water", "Dams"],
        published_at=NOON,
    )
    response = client.get(article.get_absolute_url())
    assert attribute(response, "//h1/text()") == "Gates open"
    assert texts(response, "article-standfirst") == ["For the first time in eleven years."]
    assert texts(response, "article-text") == ["The water came at six."]
    assert texts(response, "article-kicker") == ["Land November 23, 2026"]
    assert texts(response, "byline") == ["By Zoë Alder, Ben Ode and Ana Ruiz"]
    assert texts(response, "article-tags") == ["Topics Dams · Water"]
    assert attribute(response, "//title/text()") == "Gates open – Newsroom"


def test_times_are_told_with_their_zone(client: Client) -> None:
    article = make_article(published_at=NOON)
    with override_settings(TIME_ZONE="Europe/Madrid"):
        response = client.get(article.get_absolute_url())
        assert "Published 1:00\xa0PM CET" in " ".join(tree(response).text_content().split(" "))
        assert "updated" not in texts(response, "article-signature")[0]
        keep(article, at=NOON + timedelta(hours=2))
        assert texts(client.get(article.get_absolute_url()), "article-signature") == [
            "Published 1:00 PM CET, updated 3:00 PM CET"
        ]
        keep(article, at=NOON + timedelta(days=2))
        response = client.get(article.get_absolute_url())
        assert texts(response, "article-signature") == ["Published 1:00 PM CET, updated November 25, 2026, 1:00 PM CET"]
        assert tree(response).xpath("//time/@datetime")[-1] == "2026-11-25T13:00:00+01:00"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED])
def test_what_is_not_published_is_not_there(client: Client, status: str) -> None:
    article = make_article(status=status, headline="Not for readers", slug="secret")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 404
    assert "Not for readers" not in response.text


def test_a_withdrawn_article_is_gone_until_it_is_restored(client: Client) -> None:
    article = make_article(headline="We were wrong")
    withdraw(article, by=None, at=NOON)
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert attribute(response, "//h1/text()") == "This story was withdrawn"
    assert "We were wrong" not in response.text
    restore(article, by=None, at=NOON)
    assert client.get(article.get_absolute_url()).status_code == 200


def test_a_slug_may_be_written_in_any_script(client: Client) -> None:
    article = make_article(slug="der-fluß-東京")
    response = client.get("/articles/der-fluß-東京/")
    assert response.status_code == 200
    address = f"{settings.SITE_URL}/articles/der-flu%C3%9F-%E6%9D%B1%E4%BA%AC/"
    assert attribute(response, "//link[@rel='canonical']/@href") == address
    assert article.get_absolute_url() in address


def test_a_republished_piece_names_its_source_everywhere(client: Client) -> None:
    article = make_article(
        source_outlet="The Coast Gazette",
        source_author="Jan Alder",
        source_url="https://coast.example/dam",
        source_licence="https://creativecommons.org/licenses/by/4.0/",
    )
    response = client.get(article.get_absolute_url())
    assert attribute(response, "//link[@rel='canonical']/@href") == "https://coast.example/dam"
    assert texts(response, "byline") == ["By Jan Alder, The Coast Gazette"]
    assert texts(response, "article-source")[0].startswith(
        "This story was first published by The Coast Gazette, written by Jan Alder."
    )
    news = data(response)["NewsArticle"]
    assert news["isBasedOn"]["url"] == "https://coast.example/dam"
    assert news["sourceOrganization"]["name"] == "The Coast Gazette"
    assert news["author"] == [{"@type": "Person", "name": "Jan Alder"}]
    assert news["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_our_own_piece_is_its_own_canonical_and_names_no_source(client: Client) -> None:
    article = make_article()
    response = client.get(article.get_absolute_url())
    own = f"{settings.SITE_URL}{article.get_absolute_url()}"
    assert attribute(response, "//link[@rel='canonical']/@href") == own
    assert attribute(response, "//meta[@property='og:url']/@content") == own
    assert texts(response, "article-source") == []
    assert "isBasedOn" not in data(response)["NewsArticle"]


def test_machines_read_who_wrote_what_and_when(client: Client) -> None:
    author = make_author("Ana Ruiz", slug="ana-ruiz")
    land = make_section("Land")
    article = make_article(headline="Gates open", section=land, authors=[author], tags=["Water"], published_at=NOON)
    blocks = data(client.get(article.get_absolute_url()))
    news = blocks["NewsArticle"]
    assert news["headline"] == "Gates open"
    assert news["datePublished"] == "2026-11-23T12:00:00+00:00"
    assert news["author"] == [{"@type": "Person", "name": "Ana Ruiz", "url": f"{settings.SITE_URL}/authors/ana-ruiz/"}]
    assert news["keywords"] == ["Water"]
    assert [step["name"] for step in blocks["BreadcrumbList"]["itemListElement"]] == [
        "Front page",
        "Land",
        "Gates open",
    ]


def test_a_headline_cannot_end_the_data_block(client: Client) -> None:
    article = make_article(headline="</script><script>alert(1)</script> & <!--", slug="bad")
    response = client.get("/articles/bad/")
    assert data(response)["NewsArticle"]["headline"] == article.headline
    assert "<script>alert" not in response.text


def test_a_piece_in_another_language_says_so(client: Client) -> None:
    article = make_article(language="es")
    response = client.get(article.get_absolute_url())
    assert attribute(response, "/html/@lang") == "en"
    assert attribute(response, "//h1/@lang") == "es"
    assert "es" in tree(response).xpath("//div[contains(@class, 'article-text')]/@lang")
    assert tree(client.get(make_article().get_absolute_url())).xpath("//h1/@lang") == []


def test_the_lead_picture_has_words_and_a_size(client: Client) -> None:
    image = make_image(caption="The evening before.", credit="Drawing: Lamp studio")
    article = make_article(lead_image=image)
    response = client.get(article.get_absolute_url())
    assert texts(response, "article-picture") == ["The evening before. Drawing: Lamp studio"]
    picture = tree(response).xpath("//figure//img")[0]
    assert dict(picture.attrib) == {
        "src": "/media/images/dam.jpg",
        "alt": "A dam at dusk",
        "width": "1800",
        "height": "1200",
        "fetchpriority": "high",
    }
    assert attribute(response, "//meta[@property='og:image']/@content") == f"{settings.SITE_URL}/media/images/dam.jpg"


def test_wide_tables_scroll_by_themselves_and_are_reached_by_keyboard(client: Client) -> None:
    table = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    article = make_article(body=f"<p>One.</p>{table}<p>Two.</p>{table}")
    regions = tree(client.get(article.get_absolute_url())).xpath("//div[@role='region'][@tabindex='0'][table]/@aria-label")
    assert regions == ["Table 1", "Table 2"]


def test_long_lines_of_code_are_reached_by_keyboard(client: Client) -> None:
    article = make_article(body="<pre><code>SELECT 1</code></pre>")
    assert attribute(client.get(article.get_absolute_url()), "//pre/@tabindex") == "0"


def test_earlier_stories_of_the_section_follow_and_later_ones_do_not(client: Client) -> None:
    section = make_section("Land")
    oldest, middle, newest = (
        make_article(section=section, published_at=NOON + timedelta(minutes=minute)) for minute in (0, 1, 2)
    )
    make_article(section=make_section())
    response = client.get(middle.get_absolute_url())
    assert texts(response, "earlier-headline") == [oldest.headline]
    assert texts(client.get(newest.get_absolute_url()), "earlier-headline") == [middle.headline, oldest.headline]
    assert texts(client.get(oldest.get_absolute_url()), "earlier") == []


def test_an_article_knows_no_visitor(client: Client) -> None:
    client.cookies["sessionid8000"] = "x" * 32
    assert without_visitor(client.get(make_article().get_absolute_url()))


def test_nothing_in_an_article_is_inline(client: Client) -> None:
    page = tree(client.get(make_article(body="<p>Text.</p>").get_absolute_url()))
    assert (
        page.xpath("//*[@style] | //style | //script[not(@type='application/ld+json')] | //@*[starts-with(name(), 'on')]") == []
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_an_article_costs_five_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    authors = [make_author() for _ in range(rows)]
    articles = [make_article(authors=authors, tags=[f"Tag {n}" for n in range(rows)]) for _ in range(rows + 1)]
    assert Article.objects.published().count() == rows + 1
    client.get(articles[0].get_absolute_url())
    with django_assert_num_queries(5):
        client.get(articles[0].get_absolute_url())
