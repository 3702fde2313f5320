"""Every real export that lies beside the project imports, or is refused with a reason; counted by other means than ours."""

import html
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from articles.importing.decoding import Refused
from articles.models import Article, Author, FormerAddress, Section, Status, Tag
from tests.articles.importing.samples import SHARED, run

pytestmark = pytest.mark.django_db
FILES = sorted((SHARED / "wordpress").glob("*.xml"))
REFUSED = {
    "wpimporter-invalid-version-tag.xml": "line 33: “abc” is no version",
    "wpimporter-malformed-simple.xml": "line 14: the file ends inside <item> (begun on line 9)",
    "wpimporter-malformed.xml": "line 90: the closing tag here does not match <notachanneltag> (begun on line 27)",
    "wpimporter-missing-version-tag.xml": "line 27: this does not look like a WordPress export",
}
HIJACKED = {"wpimporter-namespace-edge-cases.xml": {"5"}}  # its wp: is another's: what it says of itself is not WordPress's
needed = pytest.mark.skipif(not FILES, reason="The exports lie beside the project, in ../shared/data, and are not here.")


def field(chunk: str, tag: str) -> str:
    """The text of an element, by pattern alone."""
    found = re.search(rf"<{tag}[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</{tag}>", chunk, re.DOTALL)
    return found[1].strip() if found else ""


def posts(path: Path) -> list[str]:
    chunks = re.findall(r"<item\b.*?</item>", path.read_text(errors="replace"), re.DOTALL)
    hijacked = HIJACKED.get(path.name, set())
    return [
        chunk
        for chunk in chunks
        if field(chunk, "wp:post_type") in {"post", "page"} and field(chunk, "wp:post_id") not in hijacked
    ]


def test_there_are_the_files_that_were_promised():
    if not FILES:
        pytest.skip("The exports lie beside the project, in ../shared/data, and are not here.")
    assert len(FILES) == 49
    assert {path.name for path in FILES} > REFUSED.keys()


@needed
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_export_is_imported_whole_or_refused_with_a_reason(tmp_path, path):
    if path.name in REFUSED:
        with pytest.raises(Refused) as refusal:
            run(tmp_path, text=path.read_bytes())
        assert str(refusal.value).startswith(REFUSED[path.name])
        assert not Author.objects.exists()
        assert not Section.objects.exists()
        return
    run(tmp_path, text=path.read_bytes())
    found = posts(path)
    assert Article.objects.count() == len(found)
    public = [
        chunk
        for chunk in found
        if field(chunk, "wp:post_type") == "post"
        and field(chunk, "wp:status") == "publish"
        and not field(chunk, "wp:post_password")
    ]
    assert Article.objects.published().count() == len(public)
    check_headlines(found)
    check_terms(path)
    check_addresses(public)


def check_headlines(found: list[str]) -> None:
    titles = {re.sub(r"<[^>]*>", "", html.unescape(html.unescape(field(chunk, "title")))).strip() for chunk in found}
    kept = {article.headline for article in Article.objects.all()}
    unlike = {title for title in titles if title and " ".join(title.split())[:200] not in {headline[:200] for headline in kept}}
    assert unlike == set()


def check_terms(path: Path) -> None:
    text = path.read_text(errors="replace")
    categories = re.findall(r"<wp:category>.*?</wp:category>", text, re.DOTALL)
    slugs = {unquote(field(chunk, "wp:category_nicename")) for chunk in categories}
    kept = set(FormerAddress.objects.filter(section__isnull=False).values_list("path", flat=True))
    assert {slug for slug in slugs if not any(f"/category/{slug}/" in address for address in kept)} == set()
    tags = {unquote(field(chunk, "wp:tag_slug")) for chunk in re.findall(r"<wp:tag>.*?</wp:tag>", text, re.DOTALL)}
    kept = set(FormerAddress.objects.filter(tag__isnull=False).values_list("path", flat=True))
    assert {slug for slug in tags if not any(address.endswith(f"/tag/{slug}/") for address in kept)} == set()
    assert Tag.objects.count() <= len(tags) + len(slugs) + text.count("<category")
    logins = set(re.findall(r"<wp:author_login>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</wp:author_login>", text, re.DOTALL))
    strangers = 1 if "fake_ns_user" in logins else 0
    assert Author.objects.count() >= len(logins) - strangers


def check_addresses(public: list[str]) -> None:
    for chunk in public:
        number = field(chunk, "wp:post_id")
        if number:
            paths = FormerAddress.objects.filter(path__endswith=f"/?p={number}", article__status=Status.PUBLISHED)
            assert paths.exists(), f"post {number}"


@needed
def test_three_hundred_authors_are_three_hundred(tmp_path):
    run(tmp_path, text=(SHARED / "wordpress/wpimporter-large-authors.xml").read_bytes())
    assert Author.objects.count() == 300


@needed
def test_several_authors_sign_as_co_authors_plus_says(tmp_path):
    run(tmp_path, text=(SHARED / "wordpress/ghostmigrate-co-authors-plus.xml").read_bytes())
    names = {article.slug: [byline.author.name for byline in article.bylines.all()] for article in Article.objects.all()}
    assert names["three-author-post"] == ["Alice Smith", "Bob Jones", "Carol White"]
    assert names["single-coauthor-post"] == ["Bob Jones"]


@needed
@pytest.mark.parametrize("path", [path for path in FILES if path.name not in REFUSED], ids=lambda path: path.stem)
def test_a_dry_run_tells_what_the_import_tells(tmp_path, path):
    dry = run(tmp_path, text=path.read_bytes(), dry_run=True)
    assert not Article.objects.exists()
    assert dry.lines == run(tmp_path, text=path.read_bytes()).lines
