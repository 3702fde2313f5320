"""Attacks of others, through the whole path: no active content comes out, nothing is fetched, nothing is expanded."""

import json
import re
from html.parser import HTMLParser

import pytest

from articles.importing.decoding import Refused
from articles.models import Article
from articles.richtext import ATTRIBUTES, TAGS
from tests.articles.importing.samples import HEAD, SHARED, SITE, TAIL, export, item, run

pytestmark = pytest.mark.django_db
LISTS = ["bleach-data.json", "owasp-filter-evasion.json", "blns.json"]


class Active(HTMLParser):
    """Collects what a browser would run or ask another host for."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attributes:
            if name not in ATTRIBUTES.get(tag, set()):
                self.found.append(f"{tag} {name}")
            scheme = re.match(r"[\s\x00-\x1f]*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
            if name in {"href", "src"} and scheme and scheme[1].lower() not in {"http", "https", "mailto", "tel"}:
                self.found.append(f"{name}={value}")


@pytest.mark.parametrize("name", LISTS)
def test_no_active_content_survives(tmp_path, name):
    path = SHARED / "xss" / name
    if not path.exists():
        pytest.skip("The hostile strings lie beside the project, in ../shared/data, and are not here.")
    attacks = [text for text in json.loads(path.read_text()) if isinstance(text, str)]
    posts = [
        item(
            number,
            title=attack,
            content=f"{attack}\n\n[caption]<img src='x' alt='{attack}'>{attack}[/caption]\n\n<p title='{attack}'>{attack}</p>",
            excerpt=attack,
            post_name=attack,
            creator=attack or "x",
            terms=[("category", "news", "News"), ("post_tag", "", attack)],
            link=f"{SITE}/{attack}",
            meta=[("_wp_old_slug", attack), ("enclosure", attack), ("footnotes", attack), ("_thumbnail_id", attack)],
        )
        for number, attack in enumerate(attacks, start=1)
    ]
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", export(*posts))
    run(tmp_path, text=text)
    articles = list(Article.objects.all())
    assert len(articles) == len(attacks)
    assert [(article.headline, Active(article.body).found) for article in articles if Active(article.body).found] == []
    for article in articles:
        assert not re.search(r"[<>\"']", article.slug)


@pytest.mark.parametrize("name", LISTS)
def test_pages_of_hostile_articles_run_nothing_of_theirs(tmp_path, name, client):
    path = SHARED / "xss" / name
    if not path.exists():
        pytest.skip("The hostile strings lie beside the project, in ../shared/data, and are not here.")
    attacks = [text for text in json.loads(path.read_text()) if isinstance(text, str)][:20]
    run(tmp_path, *(item(number, title=attack, content=attack, excerpt=attack) for number, attack in enumerate(attacks, start=1)))
    for article in Article.objects.all():
        page = client.get(article.get_absolute_url()).content.decode()
        assert [each for each in Attributes(page).found if is_active(*each)] == []


class Attributes(HTMLParser):
    """Every attribute of a page: (tag, name, value). A script without a source of ours counts as an attribute too."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(markup)

    def handle_starttag(self, tag, attributes):
        self.found += [(tag, name, value or "") for name, value in attributes]
        types = {"application/ld+json", "importmap"}
        if tag == "script" and not dict(attributes).get("src", "").startswith("/") and dict(attributes).get("type") not in types:
            self.found.append((tag, "onsight", ""))


def is_active(tag: str, name: str, value: str) -> bool:
    leads = name in {"href", "src", "action", "formaction", "srcset", "data"}
    return name.startswith("on") or (leads and bool(re.match(r"\s*(?:javascript|vbscript|data):", value, re.IGNORECASE)))


BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>'


@pytest.mark.parametrize(
    "declaration", [BOMB, EXTERNAL, '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">', "<!DOCTYPE rss PUBLIC 'a' 'b'>"]
)
def test_bombs_and_external_entities_are_refused_with_their_line(tmp_path, declaration):
    text = export(item(1, title="&c;&x;")).replace("<rss", f"{declaration}\n<rss")
    with pytest.raises(Refused, match="line 2: the file declares"):
        run(tmp_path, text=text)
    assert not Article.objects.exists()


def test_entities_that_nobody_declared_stay_words(tmp_path):
    run(tmp_path, text=export(item(1)).replace("<![CDATA[Headline 1]]>", "&c; &x; &lol9;"))
    assert Article.objects.get().headline == "&c; &x; &lol9;"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_was_cut_off_brings_nothing(tmp_path, share):
    text = export(*(item(number) for number in range(1, 30)))
    with pytest.raises(Refused, match=r"line \d+: the file ends inside"):
        run(tmp_path, text=text[: int(len(text) * share)])
    assert not Article.objects.exists()


def test_an_items_own_words_cannot_end_it(tmp_path):
    smuggled = "x]]></content:encoded><wp:status>publish</wp:status><content:encoded><![CDATA["
    run(tmp_path, item(1, status="private", content=smuggled))
    assert Article.objects.get().status == "draft"


def test_a_link_cannot_lead_readers_to_another_host(tmp_path, client):
    run(tmp_path, item(1, link="https://evil.example/x/", guid="//evil.example/?p=1"), item(2, link=f"{SITE}//evil.example/"))
    assert client.get("/x/").status_code == 404
    for address in ("/?p=1", "//evil.example/", "/evil.example/"):
        response = client.get(address)
        assert not response.get("Location", "/articles/").startswith(("http", "//"))


def test_a_bare_document_without_items_is_no_harm(tmp_path):
    assert run(tmp_path, text=HEAD.format(site=SITE) + TAIL).counts["articles published"] == 0
