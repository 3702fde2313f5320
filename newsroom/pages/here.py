"""This host's store, and what its pages were made by."""

import hashlib
import logging
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import connections
from psycopg.conninfo import make_conninfo

from newsroom.pages import common, following
from newsroom.pages.front import Application, Front
from newsroom.pages.store import Store

RENDERING = (
    *("SITE_URL", "LANGUAGE_CODE", "TIME_ZONE", "MEDIA_URL", "PROCESSORS", "SECURE_CSP", "SECURE_HSTS_SECONDS", "CDN"),
    "PEERTUBE_HOSTS",
)
OUR_FOLDERS = ("newsroom", "articles", "campaigns", "digest", "templates")
BOOT = Path("/proc/sys/kernel/random/boot_id")
logger = logging.getLogger(__name__)


def store() -> Store:
    return _store(settings.PAGES_ROOT)


@cache
def _store(root: Path) -> Store:
    return Store(root, built=build(), common=common.of_this_site())


@cache
def build() -> str:
    """A name for the code, templates, style sheets and settings that make pages. Another one empties the store.

    The machine's start is part of it: after a loss of power the index may lack what it was told last.
    """
    found = hashlib.sha256(
        repr([django.__version__, common.of_this_site(), *(getattr(settings, name, None) for name in RENDERING)]).encode()
    )
    found_files = (file for folder in OUR_FOLDERS for file in (settings.BASE_DIR / folder).rglob("*.*"))
    sources = sorted(file for file in found_files if file.suffix in {".py", ".html", ".txt", ".xml", ".svg", ".css"})
    pins = settings.BASE_DIR / "requirements" / "run.txt"  # another Babel writes other dates
    for file in [*sources, pins, settings.STATIC_ROOT / "staticfiles.json", BOOT]:
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()[:32]


def in_front_of(application: Application) -> Application:
    """The application behind this host's kept pages."""
    if not settings.PAGES_KEPT:
        return application
    adopt_build()
    return Front(application, store(), admits=Admission())


class Admission:
    """Whether a request came by the site's scheme and under a name of ours. Django refuses or redirects the others, and a
    page that is kept is no reason to do otherwise."""

    def __init__(self) -> None:
        self.scheme = settings.SITE_URL.partition(":")[0]
        self.header, self.secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
        self.hosts: set[str] = set()  # that Django found to be ours

    def __call__(self, environ: dict[str, Any]) -> bool:
        told = environ.get(self.header)
        scheme = environ["wsgi.url_scheme"] if told is None else self.told(told)
        return scheme == self.scheme and (environ.get("HTTP_HOST") in self.hosts or self.is_ours(environ))

    def told(self, value: str) -> str:
        return "https" if value.partition(",")[0].strip() == self.secure else "http"

    def is_ours(self, environ: dict[str, Any]) -> bool:
        try:
            WSGIRequest(environ).get_host()
        except DisallowedHost:
            return False
        if len(self.hosts) < 1000 and "HTTP_HOST" in environ:
            self.hosts.add(environ["HTTP_HOST"])
        return True


def adopt_build() -> None:
    """What other code kept goes; so does all when nobody can tell what it is."""
    try:
        store().adopt_build()
    except (sqlite3.Error, OSError):
        logger.exception("The index of kept pages cannot be used: all pages are taken away.")
        store().abandon()
        store().adopt_build()


def follow() -> None:
    """Hear from now on what other hosts touch, in a thread of this process."""
    if settings.PAGES_KEPT:
        store().hold_open()
        following.follow(store(), conninfo(), edge=settings.CDN is not None)


def conninfo() -> str:
    """Straight to Postgres: a notice reaches no one through a pooler that lends connections by the transaction."""
    given = connections["default"].get_connection_params()
    return make_conninfo("", **{name: str(value) for name, value in given.items() if isinstance(value, str | int)})
