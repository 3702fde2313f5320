import pytest

from articles.importing.addresses import FormerSite
from articles.importing.records import Site
from articles.importing.slugs import sound, unique
from tests.articles.importing.samples import export, item, items, written

PLAIN = FormerSite.of(Site(base_blog_url="https://www.old.example.org"))
BELOW = FormerSite.of(Site(base_blog_url="https://example.org/news/"))


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://old.example.org/2020/05/a/", "/2020/05/a/"),
        ("http://www.old.example.org/a", "/a"),
        ("/a/b/", "/a/b/"),
        ("https://old.example.org/%E6%96%B0%E8%81%9E/", "/新聞/"),
        ("https://old.example.org/?p=12", "/?p=12"),
        ("https://old.example.org", "/"),
        ("https://elsewhere.example/a/", ""),
        ("//elsewhere.example/a/", ""),
        ("javascript:alert(1)", ""),
        ("a/b", ""),
        ("https://[broken/", ""),
        ("//old.example.org//evil.example/", "/evil.example/"),
    ],
)
def test_only_paths_of_the_former_site_are_kept(address, path):
    assert PLAIN.path(address) == path


def former(tmp_path, site: FormerSite, **fields) -> list[str]:
    return site.former_paths(items(written(tmp_path, export(item(12, **fields))))[0])


def test_a_post_answers_under_its_permalink_and_its_number(tmp_path):
    assert former(tmp_path, PLAIN) == ["/2020/05/post-12/", "/?p=12"]


def test_a_page_answers_under_its_own_kind_of_number(tmp_path):
    assert former(
        tmp_path, PLAIN, post_type="page", link="https://old.example.org/about/", guid="https://old.example.org/?page_id=12"
    ) == [
        "/about/",
        "/?page_id=12",
    ]


def test_old_slugs_are_former_addresses_too(tmp_path):
    assert "/2020/05/first-try/" in former(tmp_path, PLAIN, meta=[("_wp_old_slug", "first-try")])


def test_a_site_below_a_folder_keeps_it(tmp_path):
    assert former(tmp_path, BELOW, link="https://example.org/news/a/", guid="https://example.org/news/?p=12") == [
        "/news/a/",
        "/news/?p=12",
    ]


@pytest.mark.parametrize(
    "link", ["https://old.example.org/", "https://evil.example/x/", "", "https://old.example.org/" + "x" * 900]
)
def test_a_link_that_is_no_address_of_its_own_is_left_out(tmp_path, link):
    assert former(tmp_path, PLAIN, link=link) == ["/?p=12"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("hello-world", "hello-world"),
        ("Company News", "company-news"),
        ("%e6%96%b0%e8%81%9e", "新聞"),
        ("post.html", "post"),
        ("v2.0", "v2-0"),
        ("hello-w\u202eorld-💫", "hello-world"),
        ("💫", ""),
        ("%%%", ""),
        ("../../etc", "etc"),
        ("x" * 300, "x" * 200),
    ],
)
def test_any_slug_becomes_a_sound_one(text, slug):
    assert sound(text, 200) == slug


def test_a_slug_that_is_taken_gets_a_number_within_its_length():
    assert unique("abcdef", 6, {"abcdef", "abcd-2"}.__contains__) == "abcd-3"
