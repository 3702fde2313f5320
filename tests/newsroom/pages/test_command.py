"""manage.py pages check|warm|clear"""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles import publishing
from articles.models import Article, Masthead
from newsroom.pages import asking, following, here, inspecting, locations
from newsroom.pages.files import Kept
from tests.factories import NOON, make_article, make_author, make_campaign, make_section

pytestmark = pytest.mark.django_db(transaction=True)


def pages(*words: str) -> str:
    out = StringIO()
    call_command("pages", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def failed(*words: str) -> str:
    """What it says when it ends with status 1."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("pages", *words, stdout=out, stderr=StringIO())
    return f"{out.getvalue()}{error.value}"


@pytest.fixture
def site(kept) -> Article:
    """An article with all that lists it, and a campaign."""
    Masthead.objects.get_or_create(pk=1)
    make_campaign(slug="stay")
    section = make_section(slug="city", in_navigation=True)
    return make_article(slug="harbour", tags=["courts"], authors=[make_author(slug="ada")], section=section)


def write_into(kept, path: str, text: bytes) -> None:
    """Spoil a kept page behind everybody's back."""
    file = kept.find(path)
    file.write_bytes(file.read_bytes().replace(b"</body>", text + b"</body>"))
    for ending in (".gz", ".br"):
        file.with_name(file.name + ending).unlink()


# -- warm ---------------------------------------------------------------------------------------------------------------


def test_what_readers_ask_for_first_is_kept_and_not_rendered_again(site, kept):
    said = pages("warm")
    there = set(kept.paths())
    assert {"/", "/latest/", "/feeds/latest.rss", "/sitemap.xml", "/articles/harbour/", "/tags/courts/"} <= there
    assert {"/sections/city/", "/authors/ada/", "/campaigns/stay/", "/campaigns/stay/progress.svg", "/digest/"} <= there
    assert said.startswith(f"{len(there)} pages rendered in ")
    assert pages("warm").startswith("0 pages rendered in 0 s, ")
    assert f"{len(there)} were kept already" in pages("warm")


def test_every_public_address_is_warmed_when_all_are_wanted(site, kept):
    publishing.withdraw(make_article(slug="gone", section=site.section), by=None, at=NOON)
    for _ in range(41):
        make_article(section=site.section)
    pages("warm", "--all")
    assert {"/articles/gone/", "/latest/page/1/", "/latest/page/2/", "/sections/city/page/2/"} <= set(kept.paths())
    assert kept.get("/articles/gone/").status == 410


def test_every_address_that_is_told_is_one_of_ours(site, kept):
    for _ in range(25):
        make_article(section=site.section, tags=["courts"])
    asker = asking.Asker()
    answers = {path: asker.ask(path).status_code for path in locations.every()}
    assert {path for path, status in answers.items() if status != 200} <= {"/.well-known/security.txt", "/news-sitemap.xml"}


def test_a_draft_is_no_address(site, kept):
    make_article(slug="secret", status="draft", tags=["plans"])
    assert not [path for path in locations.every() if "secret" in path or "plans" in path]


# -- check --------------------------------------------------------------------------------------------------------------


def test_a_site_that_is_as_it_should_be(site, kept):
    pages("warm", "--all")
    said = pages("check")
    assert f"{len(kept.paths())} pages compared in " in said
    assert said.endswith("all are as they should be.\n")


def test_a_change_that_nobody_told_is_found_and_shown(site, kept):
    pages("warm")
    Article.objects.filter(pk=site.pk).update(headline="Another headline")
    said = failed("check")
    assert "/articles/harbour/" in said
    assert "Another headline" in said
    assert "/robots.txt" not in said


def test_what_differs_goes_when_it_is_to_be_mended(site, kept):
    pages("warm")
    write_into(kept, "/", b"spoilt")
    assert "1 differ, 0 files are not in the index. They were removed." in failed("check", "--mend")
    assert kept.get("/") is None
    assert "all are as they should be" in pages("check")


def test_a_twin_with_another_text_is_found(site, kept):
    pages("warm")
    file = kept.find("/")
    file.with_name("index.html.gz").write_bytes(b"no gzip")
    assert "The twin .gz cannot be unpacked." in failed("check")


def test_a_page_that_was_touched_between_the_two_looks_is_no_mistake(site, kept):
    """Published while the page is rendered anew; its purge comes a little later, as on another host."""
    asker = asking.Asker()
    asker.ask("/articles/harbour/")
    told: list[str] = []

    def anew(path: str):
        if not told:
            connection.cursor().execute("UPDATE articles_article SET headline = 'New' WHERE slug = 'harbour'")
            told.append(path)
        return asker.anew(path)

    assert inspecting.differences(kept, "/articles/harbour/", anew, hear=lambda: kept.purge([f"article:{site.pk}"])) == []
    asker.ask("/articles/harbour/")
    assert b"New" in kept.get("/articles/harbour/").body


def test_what_another_host_published_since_is_heard_before_judging(site, kept):
    """The row of the touch is all that this host has of it, and nobody follows."""
    pages("warm")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET headline = 'New' WHERE slug = 'harbour'")
        cursor.execute(
            "INSERT INTO newsroom_touch (keys, made_at, xid) VALUES (%s, now(), pg_current_xact_id()::text::bigint)",
            [[f"article:{site.pk}", f"line:{site.pk}", f"card:{site.pk}", f"entry:{site.pk}"]],
        )
    assert "all are as they should be" in pages("check")


def test_a_file_that_no_row_lists_is_found_and_removed(site, kept):
    pages("warm")
    lost = kept.file_of("/left/")
    lost.parent.mkdir(parents=True)
    lost.write_text("old")
    assert "left/index.html: no row of the index lists it" in failed("check")
    assert lost.exists()
    failed("check", "--mend")
    assert not lost.exists()
    assert "all are as they should be" in pages("check")


def test_a_row_without_a_file_is_counted_and_harms_nobody(site, kept):
    pages("warm")
    kept.find("/").unlink()
    assert ", 1 rows without a file (harmless): all are as they should be." in pages("check")
    pages("check", "--mend")
    assert "harmless" not in pages("check")


def test_pages_of_other_code_are_not_compared_with_ours(site, kept):
    kept.note(built="another")
    assert "made by other code or settings" in failed("check")
    assert "made by other code or settings" in failed("warm")


def test_a_host_that_heard_of_nothing_has_no_page_to_compare_and_is_told_why(site, kept):
    pages("warm")
    number = len(kept.paths())
    kept.note(seen="")
    assert f"{number} pages removed first: this host had not heard of all that was touched." in pages("check")
    assert kept.paths() == []


def test_who_is_not_followed_is_told_so(site, kept):
    assert "No web server of this host follows" in pages("check")


# -- clear --------------------------------------------------------------------------------------------------------------


def test_all_pages_go(site, kept):
    pages("warm")
    number = len(kept.paths())
    assert pages("clear") == f"{number} pages removed.\n"
    assert kept.paths() == []
    assert pages("clear") == "Nothing was kept.\n"


def test_all_pages_go_everywhere_by_a_row_that_the_other_hosts_read(site, kept, tmp_path):
    other = here.Store(tmp_path / "other")
    follower = following.Follower(other, here.conninfo())
    with follower.connected() as link:
        follower.catch_up(link)
        other.put("/a/", Kept(200, (), b"a"), keys=["a"], since=other.now())
        pages("warm")
        pages("clear", "--everywhere")
        assert kept.paths() == []
        follower.catch_up(link)
    assert other.paths() == []
