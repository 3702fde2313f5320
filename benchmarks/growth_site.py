"""One site of benchmarks/growth.py: makes its database if need be, then answers questions on its standard input."""

import json
import sys
import time
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsroom import postgres  # noqa: E402  the project's folder must be on the path first

COMMON = "school"  # stands in most texts


def prepare(var: Path, size: int) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.PAGES_KEPT = False  # each page is rendered anew
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("benchmark_content", articles=size, pictures=6, stdout=sys.stderr)


def with_full_pages(rows: Iterable[tuple[Any, int]]) -> Any:
    """Of lists with an older page, the one whose newest page has the fewest entries: 20, and little more."""
    return min(((total % 20, key) for key, total in rows if total >= 40), default=(0, None))[1]


def pages(size: int) -> dict[str, str]:
    """The addresses to ask for. Lists are chosen so that about as many entries stand on a page at every size."""
    from django.db.models import Sum

    from articles.models import Article, Author, Kind, Section, Tag, Tally
    from demo.bulk import content

    def fullest(kind: Kind) -> tuple[int, int]:
        rows = Tally.objects.filter(kind=kind).values_list("key").annotate(total=Sum("change")).order_by("-total")[:8]
        totals = dict(rows)
        key = with_full_pages(totals.items()) or next(iter(totals))
        return key, totals[key]

    def deep(total: int) -> int:
        return max(1, total // 40)

    tag_pk, tagged = fullest(Kind.TAG)
    tag, section = Tag.objects.get(pk=tag_pk), Section.objects.get(pk=fullest(Kind.SECTION)[0])
    author = Author.objects.get(pk=fullest(Kind.AUTHOR)[0])
    newest = Article.objects.published()[0]
    months = Tally.objects.filter(kind=Kind.LATEST).values_list("bucket").annotate(total=Sum("change"))
    month = with_full_pages(months.order_by("-total", "bucket")[:40])
    return {
        "front": "/",
        "article": newest.get_absolute_url(),
        "latest, first": "/latest/",
        "latest, deep": f"/latest/page/{deep(size)}/",
        "tag, first": tag.get_absolute_url(),
        "tag, deep": f"{tag.get_absolute_url()}page/{deep(tagged)}/",
        "section": section.get_absolute_url(),
        "author": author.get_absolute_url(),
        "month": f"/archive/{month:%Y}/{month:%m}/",
        "feed": "/feeds/latest.rss",
        "tag's feed": f"{tag.get_absolute_url()}feed.rss",
        "search, common word": f"/search/?q={COMMON}",
        "search, rare word": f"/search/?q={content.rare_word(size // 2)}",
        "admin's list": "/admin/articles/article/",
        "admin's search": f"/admin/articles/article/?q={content.rare_word(size // 2)}",
    }


class Processor:
    """Milliseconds of computing, ours and that of Postgres's sessions: the cost, whatever else the machine does."""

    def __init__(self, var: Path) -> None:
        self.postmaster = int(next(var.rglob("postmaster.pid")).read_text().split()[0])

    def spent(self) -> float:
        return time.process_time() * 1000 + sum(self._of(pid) for pid in self._sessions()) / 1e6

    def _sessions(self) -> list[str]:
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return [pid for pid in children if "[local]" in self._read(pid, "cmdline")]

    def _of(self, pid: str) -> int:
        return int((self._read(pid, "schedstat") or "0").split()[0])

    def _read(self, pid: str, name: str) -> str:
        try:
            return Path(f"/proc/{pid}/{name}").read_text()
        except OSError:
            return ""


class Meter:
    """Counts and times what goes to the database."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.queries += 1
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.seconds += time.perf_counter() - started


@contextmanager
def measured(samples: list[dict[str, Any]]) -> Any:
    from django.db import connection

    meter = Meter()
    with connection.execute_wrapper(meter):
        started = time.perf_counter()
        yield
        spent = time.perf_counter() - started
    figures = {"ms": spent * 1000, "db": meter.seconds * 1000, "queries": meter.queries}
    samples.append({"bytes": 0, "entries": 0} | figures)


class Visitor:
    """Calls the WSGI application as a server would; signed in where the admin is asked for."""

    def __init__(self, processor: Processor) -> None:
        self.processor = processor
        from django.conf import settings
        from django.contrib.auth.models import User
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import Client, RequestFactory

        self.application, self.requests = WSGIHandler(), RequestFactory()
        user, _ = User.objects.get_or_create(username="benchmark", is_staff=True, is_superuser=True)
        client = Client()
        client.force_login(user)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def get(self, path: str, times: int) -> list[dict[str, Any]]:
        samples: list[dict[str, Any]] = []
        cookie = {"HTTP_COOKIE": self.cookie} if path.startswith("/admin/") else {}
        environs = [self.requests.get(path, SERVER_NAME="localhost", **cookie).environ for _ in range(times)]
        before = self.processor.spent()
        for environ in environs:
            with measured(samples):
                response = self.application(environ, lambda status, headers: None)
                body = b"".join(response)
            response.close()
            assert response.status_code == 200, (path, response.status_code)
            entries = body.count(b'<article class="') + body.count(b"<item>") + body.count(b'class="field-state"')
            samples[-1] |= {"bytes": len(body), "entries": entries}
        cpu = (self.processor.spent() - before) / times
        return [sample | {"cpu": cpu} for sample in samples]


def publish(numbers: Iterable[int], times: int, processor: Processor) -> list[dict[str, Any]]:
    """Articles with five tags, two authors and the largest section; deleted again, outside of the time."""
    from articles import publishing
    from articles.models import Article, Author, Byline, Section, Tag

    samples: list[dict[str, Any]] = []
    for _, number in zip(range(times), numbers, strict=False):
        body = "".join(f"<p>The {number} words of a text that is published now.</p>" for _ in range(20))
        article = Article.objects.create(
            headline="Published now", slug=f"benchmark-now-{number}", body=body, section=Section.objects.order_by("pk").first()
        )
        article.tags.add(*Tag.objects.order_by("pk")[:5])
        for author in Author.objects.order_by("pk")[:2]:
            Byline.objects.create(article=article, author=author)
        at = datetime.now(UTC)
        publishing.keep(article, at=at)
        before = processor.spent()
        with measured(samples):
            publishing.publish(article, by=None, at=at)
        samples[-1]["cpu"] = processor.spent() - before
        article.delete()
    return samples


def main() -> None:
    var, size = Path(sys.argv[1]), int(sys.argv[2])
    (var / "static").mkdir(parents=True, exist_ok=True)
    server = postgres.Server(var, throwaway=False)
    server.join()
    try:
        import os

        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        prepare(var, size)
        processor = Processor(var)
        visitor, numbers = Visitor(processor), count()
        print(json.dumps(pages(size)), flush=True)
        for line in sys.stdin:
            question = json.loads(line)
            if "publish" in question:
                answer = publish(numbers, question["publish"], processor)
            else:
                answer = visitor.get(question["get"], question["times"])
            print(json.dumps(answer), flush=True)
    finally:
        server.leave()


if __name__ == "__main__":
    main()
