"""WordPress exports for tests, written as WordPress writes them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils import timezone

from articles.importing.index import Index
from articles.importing.records import Author, Item, Term
from articles.importing.report import Report
from articles.importing.wordpress import Options, import_file
from articles.importing.wxr import Export

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SITE = "https://old.example.org"
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
	<title>The Old Paper</title>
	<link>{site}</link>
	<pubDate>Mon, 02 Nov 2026 10:00:00 +0000</pubDate>
	<language>en-US</language>
	<wp:wxr_version>1.2</wp:wxr_version>
	<wp:base_site_url>{site}</wp:base_site_url>
	<wp:base_blog_url>{site}</wp:base_blog_url>
"""
TAIL = "</channel>\n</rss>\n"


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def item(number: int = 1, **fields: Any) -> str:
    """One item: a published post unless told otherwise. `terms`: (domain, slug, name); `meta`: a list of pairs."""
    values = {
        "title": f"Headline {number}",
        "link": f"{SITE}/2020/05/post-{number}/",
        "creator": "ana",
        "guid": f"{SITE}/?p={number}",
        "content": f"<p>Text of post {number}.</p>",
        "excerpt": "",
        "post_date": "2020-05-04 12:00:00",
        "post_date_gmt": "2020-05-04 10:00:00",
        "post_modified": "",
        "post_modified_gmt": "",
        "post_name": f"post-{number}",
        "status": "publish",
        "post_parent": "0",
        "post_type": "post",
        "post_password": "",
        "is_sticky": "0",
        "attachment_url": "",
        "pubDate": "",
    } | {name: value for name, value in fields.items() if name not in {"terms", "meta", "comments"}}
    names = {"creator": "dc:creator", "content": "content:encoded", "excerpt": "excerpt:encoded"}
    plain = {"title", "link", "guid", "pubDate"}
    lines = [f"<wp:post_id>{number}</wp:post_id>"] if number else []
    for name, value in values.items():
        tag = names.get(name, name if name in plain else f"wp:{name}")
        lines.append(f"<{tag}>{cdata(str(value))}</{tag}>")
    for domain, slug, name in fields.get("terms", [("category", "news", "News")]):
        lines.append(f'<category domain="{domain}" nicename="{slug}">{cdata(name)}</category>')
    for key, value in fields.get("meta", []):
        lines.append(f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>")
    lines += ["<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"] * fields.get("comments", 0)
    return "<item>\n\t" + "\n\t".join(lines) + "\n</item>\n"


def attachment(number: int, file: str, **fields: Any) -> str:
    address = f"{SITE}/wp-content/uploads/{file}"
    defaults = {"title": file, "post_type": "attachment", "status": "inherit", "attachment_url": address, "guid": address}
    meta = [("_wp_attached_file", file), *fields.pop("meta", [])]
    return item(number, **(defaults | {"content": "", "terms": []} | fields), meta=meta)


def author(login: str, name: str = "") -> str:
    return (
        f"<wp:author><wp:author_id>1</wp:author_id><wp:author_login>{cdata(login)}</wp:author_login>"
        f"<wp:author_email>{login}@example.org</wp:author_email>"
        f"<wp:author_display_name>{cdata(name)}</wp:author_display_name></wp:author>\n"
    )


def category(number: int, slug: str, name: str, *, parent: str = "", description: str = "") -> str:
    return (
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{cdata(slug)}</wp:category_nicename>"
        f"<wp:category_parent>{cdata(parent)}</wp:category_parent><wp:cat_name>{cdata(name)}</wp:cat_name>"
        f"<wp:category_description>{cdata(description)}</wp:category_description></wp:category>\n"
    )


def export(*parts: str, site: str = SITE) -> str:
    return HEAD.format(site=site) + "".join(parts) + TAIL


def written(folder: Path, text: str | bytes, name: str = "export.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path, encoding: str = "") -> list[Author | Term | Item]:
    return list(Export(path, encoding).records())


def items(path: Path, encoding: str = "") -> list[Item]:
    return [record for record in read(path, encoding) if isinstance(record, Item)]


@contextmanager
def quick(seconds: float = 5) -> Iterator[None]:
    """What is done inside takes this much computing at the most: a text made to keep us busy must not."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


class Outcome:
    """What an import told: `counts`, `skipped`, `losses` (what → details) and `lines`, as printed."""

    def __init__(self, report: Report, exported: Export) -> None:
        self.counts, self.skipped, self.summary = report.counts, report.skipped, report.summary()
        kinds = report.index.kinds_of_loss()
        self.losses = {what: [detail for detail, _ in report.index.losses(what)] for what, _ in kinds}
        self.lines = list(report.lines(exported.notes))


def run(folder: Path, *parts: str, text: str | bytes = "", **options: Any) -> Outcome:
    """Import an export made of these parts (or of this text)."""
    path = written(folder, text or export(*parts))
    at = options.pop("at", timezone.now())
    with Index() as index:
        return Outcome(*import_file(path, Options(**options), index, at=at))
