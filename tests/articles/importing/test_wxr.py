import subprocess
import sys
from pathlib import Path

import pytest

from articles.importing.decoding import Refused
from articles.importing.records import Author, Term
from articles.importing.wxr import Export
from tests.articles.importing import samples
from tests.articles.importing.samples import HEAD, TAIL, author, category, export, item, items, read, written


def test_an_item_is_read_with_everything_in_it(tmp_path):
    text = export(
        item(
            7,
            title="Harbour & sea",
            content="<p>Body ]]> of it</p>",
            excerpt="Short",
            terms=[("category", "news", "News"), ("post_tag", "sea", "Sea")],
            meta=[("_thumbnail_id", "9"), ("_wp_old_slug", "a"), ("_wp_old_slug", "b"), ("mood", "fine")],
            comments=2,
        )
    )
    [found] = items(written(tmp_path, text))
    assert (found.id, found.type, found.status, found.slug) == ("7", "post", "publish", "post-7")
    assert (found.title, found.content, found.excerpt) == ("Harbour & sea", "<p>Body ]]> of it</p>", "Short")
    assert found.terms == [("category", "news", "News"), ("post_tag", "sea", "Sea")]
    assert found.meta == {"_thumbnail_id": ["9"], "_wp_old_slug": ["a", "b"]}
    assert found.other_meta == ["mood"]
    assert found.comments == 2
    assert found.place == 1


def test_authors_and_terms_are_read(tmp_path):
    text = export(author("ana\n", "Ana Ruiz"), category(3, "news", "News", parent="top", description="All of it"))
    assert read(written(tmp_path, text)) == [
        Author(login="ana", name="Ana Ruiz"),
        Term(taxonomy="category", id="3", slug="news", name="News", parent="top", description="All of it"),
    ]


def test_the_site_is_read(tmp_path):
    path = written(tmp_path, export())
    site = Export(path)
    assert list(site.records()) == []
    assert (site.site.title, site.site.version, site.site.language) == ("The Old Paper", "1.2", "en-US")
    assert site.site.base_blog_url == samples.SITE


def test_an_element_is_known_by_its_namespace_and_not_its_prefix(tmp_path):
    text = export(item(1)).replace("xmlns:wp=", "xmlns:w=").replace("<wp:", "<w:").replace("</wp:", "</w:")
    assert [found.id for found in items(written(tmp_path, text))] == ["1"]


def test_a_namespace_that_was_forgotten_is_taken_for_the_usual_one(tmp_path):
    text = export(item(1)).replace('xmlns:wp="http://wordpress.org/export/1.2/"', "")
    text = text.replace("</channel>", "<atom:link href='x'/></channel>")
    assert [found.id for found in items(written(tmp_path, text))] == ["1"]


def test_a_strangers_elements_are_not_wordpress(tmp_path):
    text = export(item(5).replace("<item>", '<item xmlns:wp="http://malicious.example.com/hijack/">'), item(6))
    assert [(found.id, found.type) for found in items(written(tmp_path, text))] == [("", ""), ("6", "post")]


def test_the_first_of_two_fields_of_one_name_counts(tmp_path):
    text = export(item(5).replace("<wp:post_id>", "<wp:post_id>4</wp:post_id><wp:post_id>"))
    assert [found.id for found in items(written(tmp_path, text))] == ["4"]


def test_markup_that_nobody_wrapped_is_kept(tmp_path):
    text = (
        HEAD.format(site="x")
        + '<item><title>A</title><content:encoded><p class="a&b">B <b>c</b></p></content:encoded></item>'
        + TAIL
    )
    assert items(written(tmp_path, text))[0].content == '<p class="a&amp;b">B <b>c</b></p>'


def test_a_field_that_is_too_large_is_left_out_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr("articles.importing.wxr.FIELD_LIMIT", 1000)
    [found] = items(written(tmp_path, export(item(1, content="x" * 1001))))
    assert (found.content, found.oversized) == ("", ["content:encoded"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: there is no XML document in this file."),
        ("just text", "line 1: there is no XML document in this file."),
        ("<html><body></body></html>", "line 1: this is not a WordPress export: its first element is <html>, not <rss>."),
        ("<rss>\n</rss>", "line 1: there is no <channel> in this file"),
        (HEAD + "<item>\n<title>x", "line 16: the file ends inside <title> (begun on line 16): it has been cut off."),
        (HEAD + "<item><title><![CDATA[x", "the file ends inside <title>"),
        (
            HEAD + "<item>\n<title>x</tile></item>" + TAIL,
            "line 16: the closing tag here does not match <title> (begun on line 16).",
        ),
        (
            HEAD + "<item a='1' a='2'/>" + TAIL,
            "line 15: this is not well-formed XML, inside <channel> (begun on line 7): duplicate",
        ),
        (HEAD + "<a>" * 5000, "line 15: elements stand more than 100 deep in one another."),
        (HEAD + TAIL + HEAD + TAIL, "a second document begins after the end of the first"),
    ],
)
def test_a_file_that_is_not_whole_gets_a_sentence_with_its_line(tmp_path, text, sentence):
    with pytest.raises(Refused) as refusal:
        read(written(tmp_path, text.replace("{site}", "x")))
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("version", "refused"),
    [("1.0", False), ("1.1", False), ("1.2", False), (" 1.2\n", False), ("1.9", False), ("abc", True), ("1", True), ("", True)],
)
def test_a_version_is_judged_as_wordpress_does(tmp_path, version, refused):
    path = written(tmp_path, export(category(1, "a", "A")).replace(">1.2</wp:wxr_version>", f">{version}</wp:wxr_version>"))
    if refused:
        with pytest.raises(Refused, match="wxr_version"):
            read(path)
    else:
        assert read(path)


def test_posts_tell_what_a_file_without_a_version_is(tmp_path):
    source = Export(written(tmp_path, export(item(1)).replace("<wp:wxr_version>1.2</wp:wxr_version>", "")))
    assert len(list(source.records())) == 1
    assert "no version of the export format: read as 1.2" in source.notes.found


def test_what_is_printed_after_the_document_is_told(tmp_path):
    source = Export(written(tmp_path, export(item(1)) + "\n<!-- 20 queries -->\nDone <b>now</b>"))
    assert len(list(source.records())) == 1
    assert source.notes.times("text after the document")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_export_is_read_in_every_unicode(tmp_path, encoding):
    assert items(written(tmp_path, export(item(1, title="Ελληνικά")).encode(encoding)))[0].title == "Ελληνικά"


READ = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from articles.importing.wxr import Export
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for record in Export(Path(sys.argv[1])).records())
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "large.xml"
    with path.open("w") as file:
        file.write(HEAD.format(site=samples.SITE))
        file.writelines(item(number, content="<p>Lorem ipsum dolor sit amet.</p>\n" * 300) for number in range(1, 4001))
        file.write(TAIL)
    assert path.stat().st_size > 40_000_000
    project = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", READ, path, project], capture_output=True, text=True)
    count, kibibytes = map(int, done.stdout.split())
    assert count == 4000
    assert kibibytes < 20_000
