"""How fast and how frugal `import_wordpress` is: makes a large export, imports it into a Postgres of its own, prints figures.

.venv/bin/python benchmarks/wordpress_import.py                 20,000 posts of 600 words
.venv/bin/python benchmarks/wordpress_import.py --gigabyte      1 GB of posts
.venv/bin/python benchmarks/wordpress_import.py --dry-run …     reading and preparing only
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsroom import postgres  # noqa: E402  the project's folder must be on the path first

SITE = "https://paper.example.org"
HEAD = f"""<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Paper</title><link>{SITE}</link><language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{SITE}</wp:base_site_url><wp:base_blog_url>{SITE}</wp:base_blog_url>
"""
POST = """<item>
<title><![CDATA[{title}]]></title>
<link>{site}/{year}/05/post-{number}/</link>
<pubDate>Mon, 07 May 2012 10:00:00 +0000</pubDate>
<dc:creator><![CDATA[author{author}]]></dc:creator>
<guid isPermaLink="false">{site}/?p={number}</guid>
<description></description>
<content:encoded><![CDATA[{body}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date><![CDATA[{year}-05-07 12:00:00]]></wp:post_date>
<wp:post_date_gmt><![CDATA[{year}-05-07 10:00:00]]></wp:post_date_gmt>
<wp:post_modified_gmt><![CDATA[{year}-05-08 10:00:00]]></wp:post_modified_gmt>
<wp:comment_status><![CDATA[open]]></wp:comment_status>
<wp:post_name><![CDATA[post-{number}]]></wp:post_name>
<wp:status><![CDATA[publish]]></wp:status>
<wp:post_parent>0</wp:post_parent>
<wp:post_type><![CDATA[post]]></wp:post_type>
<wp:post_password><![CDATA[]]></wp:post_password>
{terms}
<wp:postmeta><wp:meta_key><![CDATA[_edit_last]]></wp:meta_key><wp:meta_value><![CDATA[1]]></wp:meta_value></wp:postmeta>
</item>
"""


def posts(words: int, chance: random.Random) -> Iterator[str]:
    """Posts without end: half in the block editor's way, half with blank lines; four links, two categories, four tags."""
    letters = "etaoinshrdlucmfwypvbgk"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(8000)]
    number = 0
    while True:
        number += 1
        paragraphs = [" ".join(chance.choices(vocabulary, k=60)).capitalize() + "." for _ in range(max(1, words // 60))]
        for paragraph in range(min(4, len(paragraphs))):
            link = f'<a href="{SITE}/2012/05/post-{chance.randint(1, number)}/">before</a>'
            paragraphs[paragraph] = f"Read {link} and <strong>after</strong>. {paragraphs[paragraph]}"
        if number % 2:
            body = "\n\n".join(paragraphs)
        else:
            body = "\n\n".join(f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->" for text in paragraphs)
        sections, tags = chance.sample(range(8), 2), chance.sample(range(400), 4)
        terms = [f'<category domain="category" nicename="cat-{n}"><![CDATA[Category {n}]]></category>' for n in sections]
        terms += [f'<category domain="post_tag" nicename="tag-{n}"><![CDATA[Tag {n}]]></category>' for n in tags]
        yield POST.format(
            title=" ".join(chance.choices(vocabulary, k=8)).capitalize(),
            site=SITE,
            number=number,
            author=number % 30,
            body=body,
            terms="".join(terms),
            year=2008 + number % 15,
        )


def write(path: Path, *, count: int, size: int, words: int) -> int:
    """`count` posts, or as many as fill `size` bytes. Returns how many."""
    written = filled = 0
    with path.open("w") as file:
        file.write(HEAD)
        for post in posts(words, random.Random(1)):
            filled += file.write(post)
            written += 1
            if written == count or 0 < size < filled:
                break
        file.write("</channel></rss>\n")
    return written


def reference() -> float:
    """Seconds that a plain loop takes: how fast this machine is at the moment."""
    started, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number & 7
    return time.perf_counter() - started


def postgres_seconds(var: Path) -> float:
    """Computing of the server's processes that have ended, by the kernel's account (Linux; 0 elsewhere)."""
    found = next(var.rglob("postmaster.pid"), None)
    stat = Path("/proc", found.read_text().split()[0], "stat") if found else None
    if stat is None or not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[13:15]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(var: Path, path: Path, count: int, extra: list[str]) -> None:
    var.mkdir()
    server = postgres.Server(var, throwaway=False)
    server.join()
    try:
        environment = os.environ | {"NEWSROOM_VAR": str(var), "NEWSROOM_DEMO": "0"}
        manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--verbosity", "0"], env=environment, check=True)
        loop, before, started = reference(), postgres_seconds(var), time.monotonic()
        command = [*manage, "import_wordpress", str(path), *extra]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        last = process.stdout.read().splitlines()[-1]
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        print(last)
        print(f"{count / seconds:,.0f} posts a second, start-up and index included: {seconds:.1f} s in all")
        python, beside = usage.ru_utime + usage.ru_stime, postgres_seconds(var) - before
        print(f"{python:.1f} s of computing in Python and, beside it, {beside:.1f} s in Postgres")
        loop = (loop + reference()) / 2
        print(f"{loop:.2f} s for a reference loop: {count / seconds * loop:,.0f} posts in its time")
        print(f"{usage.ru_maxrss / 1024:,.0f} MB of memory at the most; exit status {os.waitstatus_to_exitcode(status)}")
    finally:
        server.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--words", type=int, default=600)
    parser.add_argument("--gigabyte", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        path = Path(folder, "export.xml")
        size = 1_000_000_000 if options.gigabyte else 0
        count = write(path, count=0 if size else options.posts, size=size, words=options.words)
        print(f"{count:,} posts of {options.words} words, {path.stat().st_size / 1e6:,.0f} MB")
        measure(Path(folder, "var"), path, count, ["--dry-run"] * options.dry_run)


if __name__ == "__main__":
    main()
