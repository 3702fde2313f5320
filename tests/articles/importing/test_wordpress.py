"""From a file to rows: what an export's items become here."""

from datetime import UTC, datetime

import pytest

from articles.importing import preparing
from articles.models import Article, Author, FormerAddress, ImportedObject, Section, Status, Tag
from articles.search import find
from tests.articles.importing.samples import SITE, author, category, export, item, run
from tests.factories import NOON, make_article, make_author, make_section, make_tag

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


# Authors


def test_authors_have_the_names_that_they_are_shown_under(tmp_path):
    run(tmp_path, author("ana", "Ana Ruiz"), author("bo"), author("c@example.org"), item(1, creator="unheard-of"))
    assert set(Author.objects.values_list("name", "slug")) == {
        ("Ana Ruiz", "ana-ruiz"),
        ("bo", "bo"),
        ("c", "c"),
        ("unheard-of", "unheard-of"),
    }


def test_addresses_of_authors_are_not_made_public(tmp_path):
    run(tmp_path, author("ana", "Ana Ruiz"))
    assert Author.objects.get().email == ""


def test_several_authors_sign_in_their_order_and_once(tmp_path):
    terms = [("author", "cap-bo", "Bo Lind"), ("author", "ana", "Ana Ruiz"), ("author", "cap-bo", "Bo Lind")]
    run(tmp_path, author("ana", "Ana Ruiz"), item(1, creator="ana", terms=terms))
    assert [byline.author.name for byline in only().bylines.all()] == ["Bo Lind", "Ana Ruiz"]


def test_an_author_who_is_here_already_is_not_made_again(tmp_path):
    ana = make_author("Ana Ruiz")
    run(tmp_path, author("ana", "Ana Ruiz"), item(1))
    assert only().bylines.get().author == ana


def test_two_authors_of_one_name_stay_two(tmp_path):
    run(tmp_path, author("jo1", "Jo Hart"), author("jo2", "Jo Hart"), item(1, creator="jo2"))
    assert list(Author.objects.order_by("pk").values_list("slug", flat=True)) == ["jo-hart", "jo-hart-2"]
    assert only().bylines.get().author.slug == "jo-hart-2"


# Sections and tags


def test_categories_become_sections_and_tags_tags(tmp_path):
    run(
        tmp_path,
        category(1, "news", "News", description="All <b>of</b> it"),
        category(2, "arts", "Arts &amp; Culture"),
        item(1, terms=[("category", "arts", "Arts &amp; Culture"), ("post_tag", "sea", "Sea"), ("post_tag", "sea", "Sea")]),
    )
    assert set(Section.objects.values_list("name", "slug", "description")) == {
        ("News", "news", "All of it"),
        ("Arts & Culture", "arts", ""),
    }
    assert section(only()).slug == "arts"
    assert list(only().tags.names()) == ["Sea"]


def test_of_several_categories_the_primary_one_is_the_section_and_the_others_are_tags(tmp_path):
    given = [("category", slug, name) for slug, name in [("uncategorized", "Uncategorized"), ("news", "News"), ("peru", "Peru")]]
    told = [category(number, slug, name) for number, (_, slug, name) in enumerate(given, start=1)]
    run(tmp_path, *told, item(1, terms=given, meta=[("_yoast_wpseo_primary_category", "3")]), item(2, terms=given))
    first, second = Article.objects.order_by("pk")
    assert (section(first).name, list(first.tags.names())) == ("Peru", ["News"])
    assert (section(second).name, list(second.tags.names())) == ("News", ["Peru"])


def test_a_post_without_a_category_stands_in_uncategorized(tmp_path):
    run(tmp_path, item(1, terms=[]))
    assert section(only()).slug == "uncategorized"
    assert not section(only()).in_navigation


def test_a_page_needs_no_section(tmp_path):
    run(tmp_path, item(1, post_type="page", terms=[]))
    assert only().section is None
    assert not Section.objects.exists()


def test_sections_of_one_name_are_told_apart_by_the_one_above(tmp_path):
    run(
        tmp_path,
        category(1, "north", "North"),
        category(2, "sport", "Sport"),
        category(3, "north-sport", "Sport", parent="north"),
    )
    assert set(Section.objects.values_list("name", "slug")) == {
        ("North", "north"),
        ("Sport", "sport"),
        ("Sport (North)", "north-sport"),
    }


def test_tags_of_one_name_become_one_and_both_addresses_lead_to_it(tmp_path, client):
    terms = [("post_tag", "sea", "Sea"), ("post_tag", "sea-2", "SEA")]
    outcome = run(tmp_path, item(1, terms=terms))
    assert list(only().tags.names()) == ["Sea"]
    assert outcome.losses["tags of one name, now one"] == ["SEA: sea-2"]
    assert client.get("/tag/sea-2/")["Location"] == "/tags/sea/"


def test_sections_and_tags_that_are_here_already_are_used(tmp_path):
    news, tag = make_section("News", slug="latest-news"), make_tag("sea", slug="the-sea")
    run(tmp_path, item(1, terms=[("category", "news", "news"), ("post_tag", "sea", "Sea")]))
    assert only().section == news
    assert list(only().tags.all()) == [tag]


def test_the_oldest_exports_name_their_terms_without_slugs(tmp_path):
    text = export(item(1, terms=[])).replace(
        "</item>", "<category><![CDATA[News]]></category><category domain='tag'>Sea</category></item>"
    )
    run(tmp_path, text=text)
    assert section(only()).name == "News"
    assert list(only().tags.names()) == ["Sea"]


def test_the_navigation_is_not_flooded(tmp_path):
    run(tmp_path, *(category(number, f"c{number}", f"Category {number}") for number in range(1, 30)))
    assert Section.objects.filter(in_navigation=True).count() == 8


def test_other_taxonomies_are_listed(tmp_path):
    assert run(tmp_path, item(1, terms=[("series", "strike", "The strike")])).losses[
        "term of the taxonomy “series”: neither section nor tag"
    ] == ["The strike"]


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


# Again, and in between


EVERYTHING = (author("ana", "Ana Ruiz"), category(1, "news", "News"), item(1), item(2, terms=[("post_tag", "sea", "Sea")]))


def rows() -> list[int]:
    return [model.objects.count() for model in (Article, Author, Section, Tag, FormerAddress, ImportedObject)]


def test_the_same_export_again_brings_nothing(tmp_path):
    run(tmp_path, *EVERYTHING)
    before = rows()
    outcome = run(tmp_path, *EVERYTHING)
    assert rows() == before
    assert outcome.summary == (
        "imported 0 articles (0 published), 0 authors, 0 sections, 0 tags, 0 pictures; 2 were here already."
    )


def test_a_grown_export_brings_what_is_new(tmp_path):
    run(tmp_path, *EVERYTHING)
    outcome = run(tmp_path, *EVERYTHING, item(3, content=f'<a href="{SITE}/2020/05/post-1/">x</a>'))
    assert outcome.counts["articles published"] == 1
    assert Article.objects.get(slug="post-3").body == '<p><a href="/articles/post-1/">x</a></p>'


def test_what_an_editor_changed_since_stays(tmp_path):
    run(tmp_path, *EVERYTHING)
    Article.objects.filter(slug="post-1").update(headline="Better", slug="better")
    Author.objects.update(name="Ana María Ruiz")
    run(tmp_path, *EVERYTHING)
    assert set(Article.objects.values_list("headline", flat=True)) == {"Better", "Headline 2"}
    assert Author.objects.count() == 1


def test_what_an_editor_deleted_since_is_not_brought_back(tmp_path):
    run(tmp_path, *EVERYTHING)
    Article.objects.filter(slug="post-1").delete()
    run(tmp_path, *EVERYTHING)
    assert not Article.objects.filter(slug="post-1").exists()


def test_a_site_begun_anew_at_the_same_address_is_not_taken_for_the_old_one(tmp_path):
    run(tmp_path, item(1))
    run(
        tmp_path,
        item(1, title="Another", link=f"{SITE}/another/", post_date="2024-01-01 00:00:00", post_date_gmt="2024-01-01 00:00:00"),
    )
    assert Article.objects.count() == 2


def test_a_post_that_stands_twice_in_a_file_comes_once(tmp_path):
    outcome = run(tmp_path, item(1), item(1))
    assert Article.objects.count() == 1
    assert outcome.skipped == {"posts and pages that appear twice in the file": 1}


def test_a_dry_run_writes_nothing_and_counts_the_same(tmp_path):
    dry = run(tmp_path, *EVERYTHING, dry_run=True)
    assert rows() == [0] * 6
    real = run(tmp_path, *EVERYTHING)
    assert dry.counts == real.counts
    assert dry.lines == real.lines
    assert dry.summary.replace("would import", "imported") == real.summary


def test_an_article_that_the_database_refuses_delays_no_other(tmp_path, monkeypatch):
    made = preparing.Preparer.prepared

    def too_long(self, item):
        prepared = made(self, item)
        if item.id == "2":
            prepared.article.language = "x" * 99
        return prepared

    monkeypatch.setattr(preparing.Preparer, "prepared", too_long)
    outcome = run(tmp_path, item(1), item(2), item(3))
    assert list(Article.objects.order_by("pk").values_list("slug", flat=True)) == ["post-1", "post-3"]
    assert outcome.counts["articles published"] == 2
    assert "article that the database refused" in outcome.losses


def test_the_import_asks_the_database_as_often_for_one_post_as_for_three(tmp_path, django_assert_num_queries):
    run(tmp_path, item(1))
    with django_assert_num_queries(31):
        run(tmp_path, item(2))
    with django_assert_num_queries(31):
        run(tmp_path, item(3), item(4), item(5))
