"""From a file to rows: what an export's items become here, and where their addresses lead."""

from datetime import UTC, datetime

import pytest

from articles.models import Article, FormerAddress, Section, Status
from articles.search import find
from tests.articles.importing.samples import SITE, author, category, export, item, run
from tests.factories import NOON, make_article

pytestmark = pytest.mark.django_db


def only() -> Article:
    return Article.objects.get()


def section(article: Article) -> Section:
    return Section.objects.get(articles=article)


# Articles


def test_a_published_post_is_a_published_article(tmp_path, client):
    run(
        tmp_path,
        author("ana", "Ana Ruiz"),
        item(1, title="Harbour &amp; sea", content="One.\n\nTwo.", excerpt="In <b>short</b>."),
    )
    article = only()
    assert (article.headline, article.slug, article.status) == ("Harbour & sea", "post-1", Status.PUBLISHED)
    assert article.body == "<p>One.</p>\n<p>Two.</p>"
    assert (article.summary, article.teaser, article.word_count) == ("In short.", "In short.", 2)
    assert article.published_at == datetime(2020, 5, 4, 10, tzinfo=UTC)
    assert article.updated_at is None
    assert [byline.author.name for byline in article.bylines.all()] == ["Ana Ruiz"]
    assert section(article).name == "News"
    assert client.get(article.get_absolute_url()).status_code == 200


def test_what_was_imported_is_found_by_its_words(tmp_path):
    run(
        tmp_path,
        author("ana", "Ana Ruiz"),
        item(1, content="<p>The lighthouse burns.</p>", terms=[("post_tag", "sea", "Seafaring")]),
    )
    for words in ("lighthouse", "Ruiz", "seafaring", "headline"):
        assert [hit.slug for hit in find(words)] == ["post-1"]


def test_a_text_that_was_changed_later_says_so(tmp_path):
    run(tmp_path, item(1, post_modified_gmt="2021-01-01 00:00:00", post_modified="2021-01-01 02:00:00"))
    assert only().updated_at == datetime(2021, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "draft"}, Status.DRAFT),
        ({"status": "pending"}, Status.IN_REVIEW),
        ({"status": "private"}, Status.DRAFT),
        ({"post_password": "secret"}, Status.DRAFT),
        ({"post_password": " "}, Status.DRAFT),
        ({"status": "archived"}, Status.DRAFT),
        ({"status": ""}, Status.DRAFT),
        ({"status": "future", "post_date_gmt": "2020-01-01 00:00:00"}, Status.IN_REVIEW),
        ({"status": "future", "post_date_gmt": "2030-01-01 00:00:00"}, Status.SCHEDULED),
        ({"status": "publish", "post_date_gmt": "2030-01-01 00:00:00"}, Status.SCHEDULED),
        ({"post_type": "page"}, Status.DRAFT),
        ({"post_type": "page", "status": "private"}, Status.DRAFT),
        ({"post_password": "\n\t"}, Status.PUBLISHED),
    ],
)
def test_only_what_was_public_becomes_public(tmp_path, fields, status, client):
    run(tmp_path, item(1, **fields), at=NOON)
    article = only()
    assert article.status == status
    assert (article.publish_at is not None) == (status == Status.SCHEDULED)
    expected = 200 if status == Status.PUBLISHED else 404
    assert client.get(article.get_absolute_url()).status_code == expected
    assert client.get("/2020/05/post-1/").status_code == (301 if status == Status.PUBLISHED else 404)
    assert client.get("/?p=1").status_code == (301 if status == Status.PUBLISHED else 200)


@pytest.mark.parametrize("status", ["trash", "auto-draft", "inherit"])
def test_what_was_thrown_away_is_not_brought_and_counted(tmp_path, status):
    assert run(tmp_path, item(1, status=status)).skipped == {f"articles with the status “{status}”": 1}
    assert not Article.objects.exists()


def test_other_kinds_of_items_are_counted(tmp_path):
    outcome = run(tmp_path, item(1, post_type="nav_menu_item"), item(2, post_type="product"), item(3, post_type=""))
    assert outcome.skipped == {
        "items of the type “nav_menu_item”": 1,
        "items of the type “product”": 1,
        "items that do not say what they are": 1,
    }


def test_a_post_without_a_headline_gets_one_from_its_text(tmp_path):
    outcome = run(tmp_path, item(1, title="", content="One two three four five six seven eight nine ten."))
    assert only().headline == "One two three four five six seven eight…"
    assert "without a headline: given one from the text" in outcome.losses


def test_a_post_without_headline_and_text_is_untitled(tmp_path):
    run(tmp_path, item(1, title="", content=""))
    assert only().headline == "Untitled"


def test_a_headline_that_is_too_long_is_cut_and_told_whole(tmp_path):
    outcome = run(tmp_path, item(1, title="word " * 60))
    assert len(only().headline) <= 250
    assert outcome.losses["headline longer than 250 characters, cut"] == [("word " * 60).strip()]


def test_an_import_takes_no_address_that_leads_to_an_article_of_ours(tmp_path, client):
    FormerAddress.objects.create(path="/articles/post-1/", article=make_article(slug="ours"))
    run(tmp_path, item(1), item(2, post_name="post-1"))
    assert list(Article.objects.exclude(slug="ours").order_by("pk").values_list("slug", flat=True)) == ["post-1-2", "post-1-3"]
    assert client.get("/articles/post-1/").headers["Location"] == "/articles/ours/"


def test_slugs_are_made_sound_and_unique(tmp_path):
    make_article(slug="taken")
    run(
        tmp_path,
        *(item(1, post_name="taken"), item(2, post_name="taken"), item(3, post_name="%e6%96%b0%e8%81%9e")),
        *(item(4, post_name="", title="The harbour"), item(5, post_name="", title="💫"), item(6, post_name="x" * 300)),
    )
    slugs = Article.objects.exclude(slug="taken").order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["taken-2", "taken-3", "新聞", "the-harbour", "post-5", "x" * 200]


def test_a_post_without_a_date_gets_the_exports(tmp_path):
    run(tmp_path, item(1, post_date="0000-00-00 00:00:00", post_date_gmt="0000-00-00 00:00:00"))
    assert only().published_at == datetime(2026, 11, 2, 10, tzinfo=UTC)


def test_a_list_does_not_show_the_names_of_missing_pictures(tmp_path):
    pictures = '[caption]<img src="/a.jpg"> By Ana[/caption]<iframe src="https://player.example.org/1"></iframe>'
    run(tmp_path, item(1, content=f'{pictures}<p>The harbour is <a href="/x">closed</a>.</p>'), item(2, content="<p>Open.</p>"))
    assert list(Article.objects.order_by("pk").values_list("teaser", "summary")) == [
        ("The harbour is closed.", "The harbour is closed."),
        ("Open.", ""),
    ]


@pytest.mark.parametrize(("language", "kept"), [("es-PE", "es"), ("de", "de"), ("xx", "en"), ("", "en")])
def test_the_sites_language_is_kept_where_we_have_it(tmp_path, language, kept):
    run(tmp_path, text=export(item(1)).replace("<language>en-US<", f"<language>{language}<"))
    assert only().language == kept


def test_a_posts_own_language_outranks_the_sites(tmp_path):
    run(tmp_path, item(1, terms=[("language", "fr", "Français")]))
    assert only().language == "fr"


def test_a_podcasts_file_becomes_a_link(tmp_path):
    run(tmp_path, item(1, meta=[("enclosure", "https://media.example.org/a.mp3\n2112\naudio/mpeg")]))
    assert only().body.endswith('<p><a href="https://media.example.org/a.mp3">https://media.example.org/a.mp3</a></p>')


def test_comments_and_custom_fields_are_counted(tmp_path):
    outcome = run(tmp_path, item(1, comments=3, meta=[("mood", "fine")]))
    assert outcome.counts["comments, not carried"] == 3
    assert any("custom field “mood”" in line for line in outcome.lines)


# Addresses


@pytest.mark.parametrize("address", ["/2020/05/post-1/", "/2020/05/post-1", "/?p=1", "/2020/05/first-try/"])
def test_former_permalinks_answer_301(tmp_path, client, address):
    run(tmp_path, item(1, meta=[("_wp_old_slug", "first-try")]))
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, "/articles/post-1/")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/category/news/", "/sections/news/"),
        ("/category/news/peru/", "/sections/peru/"),
        ("/?cat=3", "/sections/peru/"),
        ("/tag/sea/", "/tags/sea/"),
        ("/author/ana/", "/authors/ana-ruiz/"),
    ],
)
def test_former_lists_answer_301(tmp_path, client, address, target):
    run(
        tmp_path,
        *(author("ana", "Ana Ruiz"), category(2, "news", "News"), category(3, "peru", "Peru", parent="news")),
        item(1, terms=[("category", "peru", "Peru"), ("post_tag", "sea", "Sea")]),
    )
    assert client.get(address)["Location"] == target


def test_links_between_posts_lead_to_their_new_addresses(tmp_path):
    links = (
        f'<a href="{SITE}/2020/05/post-2/">a</a> <a href="/?p=2">b</a> <a href="{SITE}/tag/sea/">c</a> <a href="{SITE}/x/">d</a>'
    )
    run(tmp_path, item(1, content=links), item(2, post_name="new-name", terms=[("post_tag", "sea", "Sea")]))
    body = Article.objects.get(slug="post-1").body
    assert body.count('href="/articles/new-name/"') == 2
    assert 'href="/tags/sea/"' in body
    assert f'href="{SITE}/x/"' in body


def test_a_former_address_that_leads_elsewhere_already_is_left_alone(tmp_path):
    other = make_article()
    FormerAddress.objects.create(path="/2020/05/post-1/", article=other)
    run(tmp_path, item(1))
    assert FormerAddress.objects.get(path="/2020/05/post-1/").article == other
