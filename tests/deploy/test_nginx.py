"""The real nginx with deploy/nginx.conf and the real gunicorn, over one store: whoever answers, the answer is the same."""

import gzip
import os
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import brotli
import psycopg
import pytest

from newsroom import postgres
from newsroom.pages import common
from newsroom.pages.files import Kept
from newsroom.pages.store import Store
from tests.deploy import site as sites
from tests.deploy.site import Site

pytestmark = pytest.mark.skipif(
    not sites.is_installed() and os.environ.get("CI") != "true",
    reason="nginx with its module for brotli is not installed (apt-get install nginx libnginx-mod-http-brotli-static)",
)
BODY = ("Ink on paper. " * 100).encode()
PLAIN = "/kept/água viva/"  # of our own making: its validators are known
SHORT = "/kept/short.txt"
OWN = "/kept/own.xml"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    server = postgres.url(Path(os.environ["NEWSROOM_VAR"]))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE behind_nginx")
    try:
        with sites.running(tmp_path_factory.mktemp("site"), server.replace("/newsroom?", "/behind_nginx?")) as running:
            yield running
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP DATABASE behind_nginx WITH (FORCE)")


@pytest.fixture(scope="module")
def store(site) -> Store:
    """The site's store, with pages of our own: an ordinary one, one too short to be packed, one with a header of its own."""
    (tree,) = [line.split('"')[1] for line in (site.var / "nginx/newsroom/pages.conf").read_text().splitlines() if "root" in line]
    assert site.by_gunicorn("/healthz").status == 200  # it has begun, and emptied what others left
    headers = tuple(expected_headers(site))
    store = Store(site.var / "pages", common=common.Common(headers))
    store.tree = Path(tree)
    for path, kind, body, more in (
        (PLAIN, "html", BODY, ()),
        (SHORT, "txt", b"short\n", ()),
        (OWN, "xml", BODY, (("X-Robots-Tag", "noindex"),)),
    ):
        page = Kept(200, (*headers, ("Content-Type", common.TYPES[kind]), *more), body)
        assert store.put(path, page, keys=["a"], since=store.now())
    return store


def expected_headers(site: Site) -> list[tuple[str, str]]:
    lines = (site.var / "nginx/newsroom/pages.conf").read_text().splitlines()
    said = [line.removeprefix("add_header ").removesuffix('" always;').split(' "', 1) for line in lines if "add_header" in line]
    return [(name.lower(), value) for name, value in said]


def differences(
    site: Site, path: str, method: str = "GET", but: str = "", **asked: str
) -> list[tuple[str, dict[str, str], object, object]]:
    """What nginx and gunicorn answer, where it is not the same."""
    path = quote(path, safe="/%?=&*")
    one, other = site.by_nginx(path, method, b"", **asked), site.by_gunicorn(path, method, b"", **asked)
    ones, others = ({header for header in answer.headers if header[0] != but} for answer in (one, other))
    if (one.status, ones, one.body) == (other.status, others, other.body):
        return []
    bodies = (len(one.body), len(other.body)) if one.body != other.body else (None, None)
    return [(f"{method} {path}", asked, (one.status, ones - others, bodies[0]), (other.status, others - ones, bodies[1]))]


def test_a_page_is_read_from_its_file_with_every_header_that_django_gave_it(site, store):
    answer = site.by_nginx(quote(PLAIN))
    assert (answer.status, answer.body, answer["content-type"]) == (200, BODY, "text/html; charset=utf-8")
    assert set(expected_headers(site)) <= set(answer.headers)
    assert answer["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"


PAGES = ["/", "/articles/one/", "/latest/", "/tags/", "/tags/água-viva/", "/sections/news/", "/authors/ana/", "/archive/2026/11/"]
PAGES += [
    "/feeds/latest.rss",
    "/feeds/latest.atom",
    "/feeds/latest.json",
    "/tags/água-viva/feed.rss",
    "/sitemap.xml",
    "/robots.txt",
]
PAGES += ["/opensearch.xml", "/news-sitemap.xml", "/campaigns/", "/campaigns/press/", "/campaigns/press/progress.svg", "/digest/"]
OTHERS = [
    "/articles/gone/",
    "/2019/05/one/",
    "/nothing/",
    "/articles/one",
    "/search/?q=ink",
    "/healthz",
    "/admin/",
    "/?a=1",
    "/?",
]
OURS = [PLAIN, SHORT, OWN]
ACCEPTED = [
    "",
    "gzip",
    "br",
    "gzip, deflate, br, zstd",
    "GZIP",
    "*",
    "identity",
    "identity;q=0",
    "br;q=0",
    "br;q=0, gzip",
    "gzip;q=0, br",
]
ACCEPTED += [
    "br;q=0.0,gzip;q=0.000",
    "br ; q=0.5",
    "br;q=1.0, gzip;q=0.8, *;q=0.1",
    "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
    "x-gzip",
]
ACCEPTED += [
    "xbr, brotli",
    "gzip;q=0.5",
    "gzip; q=0",
    "gzip;q=0.001",
    "deflate,gzip;q=0,br;q=1",
    ",",
    ";q=0",
    "gzip,br",
    " br",
    "br,",
]


@pytest.mark.parametrize("path", PAGES + OTHERS + OURS)
def test_pages_are_the_same(site, store, path):
    site.by_gunicorn(quote(path, safe="/?="))  # made now, where it was not
    found = differences(site, path) + differences(site, path, "HEAD")
    found += differences(site, path, Accept_Encoding="gzip, deflate, br") + differences(site, path, Accept_Encoding="gzip")
    found += differences(site, path, "OPTIONS") + differences(site, path, "POST", Content_Length="0")
    found += differences(site, path, Range="bytes=0-9") + differences(site, path, "DELETE")
    assert found == []


OUT_OF_SIGHT = {"/opensearch.xml", "/campaigns/press/progress.svg"}  # they have a type and rules of their own
IN_SIGHT = [page for page in PAGES if page not in OUT_OF_SIGHT]


@pytest.mark.parametrize("path", IN_SIGHT)
def test_what_django_renders_stands_where_nginx_looks(site, store, path):
    site.by_gunicorn(quote(path))
    file = store.file_of(path)
    assert file
    assert file.is_file(), store.find(path)


def test_a_cdn_in_front_of_nginx_learns_the_names_of_a_page(site, store):
    answer = site.by_nginx(quote(PLAIN), X_Newsroom_CDN=sites.CDN_SECRET)
    assert (answer.body, answer["surrogate-key"] is None) == (BODY, False)
    assert site.by_nginx(quote(PLAIN), X_Newsroom_CDN="guessed")["surrogate-key"] is None
    assert site.by_nginx(quote(PLAIN))["surrogate-key"] is None


def test_a_form_that_is_sent_to_a_kept_page_reaches_django_whole(site, store):
    site.by_gunicorn("/digest/")
    assert site.by_nginx("/digest/")["etag"]
    form = b"email=" + b"a" * 20_000
    asked = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": str(len(form))}
    one, other = (by("/digest/", "POST", form, **asked) for by in (site.by_nginx, site.by_gunicorn))
    assert b"a" * 1000 in one.body
    assert one == other


@pytest.mark.parametrize("path", OURS)
def test_the_coding_is_chosen_alike(site, store, path):
    assert [difference for accepted in ACCEPTED for difference in differences(site, path, Accept_Encoding=accepted)] == []


def test_the_twin_is_the_one_the_reader_takes(site, store):
    path = quote(PLAIN)
    assert brotli.decompress(site.by_nginx(path, Accept_Encoding="gzip, br").body) == BODY
    assert gzip.decompress(site.by_nginx(path, Accept_Encoding="gzip").body) == BODY
    assert site.by_nginx(path, Accept_Encoding="br")["vary"] == "Accept-Encoding"
    assert site.by_nginx(path, Accept_Encoding="br;q=0").body == BODY


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize("accepted", ["identity", "gzip", "gzip, br"])
def test_conditions_are_read_alike(site, store, path, accepted):
    known = site.by_gunicorn(quote(path), Accept_Encoding=accepted)
    mark, date = known["etag"], known["last-modified"]
    assert mark
    assert date
    parsed = parsedate_to_datetime(date)
    marks = [mark, f"W/{mark}", f'"x", {mark}', f'"x",W/{mark} ,"y"', "*", '"x"', mark.strip('"'), "", '"a,b"', f"{mark},"]
    dates = [
        date,
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 2100 00:00:00 GMT",
        "yesterday",
        "",
        date.replace("GMT", ""),
        date.lower(),
    ]
    dates += [f"{parsed:%A, %d-%b-%y %H:%M:%S GMT}", f"{parsed:%a %b %e %H:%M:%S %Y}", f"{parsed:%a, %d %b %Y %H:%M:%S +0000}"]
    asked: list[dict[str, str]] = [{"If_None_Match": given} for given in marks]
    asked += [{"If_Modified_Since": given} for given in dates]
    asked += [{"If_None_Match": one, "If_Modified_Since": other} for one in (mark, '"x"', "*", "") for other in dates]
    asked += [{"If_Match": given} for given in marks if given]
    asked += [{"If_Unmodified_Since": given} for given in dates if given]
    asked += [{"Range": "bytes=0-9", "If_Range": given} for given in (mark, date, '"x"')]
    found = []
    for method in ("GET", "HEAD"):
        for headers in asked:
            found += differences(site, path, method, Accept_Encoding=accepted, **headers)
    assert found == []


def test_a_reader_with_the_same_copy_is_told_so_in_few_words(site, store):
    path = quote(PLAIN)
    mark = site.by_nginx(path)["etag"]
    answer = site.by_nginx(path, If_None_Match=mark)
    assert (answer.status, answer.body, answer["content-type"]) == (304, b"", None)
    assert set(expected_headers(site)) <= set(answer.headers)


ODD = [
    "//",
    "/articles//one/",
    "/articles/./one/",
    "/articles/../articles/one/",
    "/articles/%2e/one/",
    "/articles%2fone/",
]
ODD += [
    "//articles/one/",
    "/articles/one/index.html",
    "/index.html",
    "/articles/one/index.html.br",
    "/kept/short.txt.head",
    "/.",
]
ODD += [
    "/articles/one/index.html.head",
    "/kept/short.txt/",
    "/%ff/",
    "/kept%2Fshort.txt",
    "/kept/%2E%2E%2Fkept/short.txt",
    "/%5C..%5C",
]
ODD += [
    "/kept/short.txt?",
    "/kept/short.txt?x",
    "/kept/../kept/short.txt",
    "/kept/%2fshort.txt",
    "/articles/one/%2e%2e",
    "/" + "a" * 300 + "/",
]


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_lead_nowhere_else(site, store, path):
    for known in ("/", "/articles/one/"):
        site.by_gunicorn(known)
    assert differences(site, path) == []


@pytest.mark.parametrize("path", ["/%2e%2e/", "/kept/../../"])
def test_addresses_above_the_first_are_refused_by_nginx_itself(site, path):
    assert (site.by_nginx(path).status, site.by_gunicorn(path).status) == (400, 404)


def test_a_page_that_was_touched_is_gone_at_once(site, store):
    def keep() -> None:
        headers = (*store.common.headers, ("Content-Type", common.TYPES["html"]))
        assert store.put("/kept/brief/", Kept(200, headers, BODY), keys=["brief"], since=store.now())

    for _ in range(5):
        keep()
        assert site.by_nginx("/kept/brief/").status == 200
        store.purge(["brief"])
        assert (site.by_nginx("/kept/brief/").status, site.by_gunicorn("/kept/brief/").status) == (404, 404)


def test_a_page_whose_twin_outlived_it_is_not_served(site, store):
    headers = (*store.common.headers, ("Content-Type", common.TYPES["html"]))
    assert store.put("/kept/killed/", Kept(200, headers, BODY), keys=["killed"], since=store.now())
    store.find("/kept/killed/").unlink()
    assert site.by_nginx("/kept/killed/", Accept_Encoding="br").status == 404


def test_a_name_that_is_not_ours_is_refused_for_kept_pages_too(site, store):
    assert site.by_gunicorn(quote(PLAIN), Host="elsewhere.example").status == 400
    assert site.by_gunicorn(quote(PLAIN), X_Forwarded_Proto="http").status == 301


def test_style_sheets_and_pictures_have_the_headers_that_django_gives_them(site):
    (site.var / "media" / "images").mkdir(parents=True, exist_ok=True)
    (site.var / "media" / "images" / "a.jpg").write_bytes(b"\xff\xd8\xff" + b"0" * 1000)
    (site.var / "media" / "notes.html").write_text("<script>alert(1)</script>")
    hashed = next(file for file in (site.var / "static" / "css").iterdir() if len(file.suffixes) == 2 and file.suffix == ".css")
    # WhiteNoise gives the twins the mark of the file itself; nginx gives each its own, as RFC 9110 (8.8.3.3) wants.
    assert differences(site, f"/static/css/{hashed.name}", but="etag", Accept_Encoding="gzip, br") == []
    assert differences(site, f"/static/css/{hashed.name}") == []
    for file in (site.var / "static").rglob("*"):
        if file.suffix in {".js", ".svg", ".woff2", ".txt", ".map"} and file.stat().st_size > 100:
            assert differences(site, f"/static/{file.relative_to(site.var / 'static')}") == []
    one, other = site.by_nginx("/media/images/a.jpg"), site.by_gunicorn("/media/images/a.jpg")
    ours = {header for header in other.headers if header[0] not in {"content-disposition"}}
    assert (one.status, one.body) == (other.status, other.body)
    assert ours <= set(one.headers)
    assert differences(site, "/media/notes.html") == differences(site, "/static/nothing.css") == []
    assert site.by_nginx("/media/notes.html").status == 404


def test_nginx_has_nothing_to_complain_of(site):
    complaints = [line for line in site.files_read_by_nginx().splitlines() if "[notice]" not in line]
    assert complaints == []


def test_an_address_that_was_mailed_to_one_person_is_not_in_the_log(site):
    site.by_nginx("/preview/7-abcdef.secret-of-one/")
    site.by_nginx("/giving/secret-of-one/pledge/")
    site.by_nginx("/tags/secret-of-nobody/")
    log, began = site.var / "nginx" / "access.log", time.monotonic()
    while "GET /tags/secret-of-nobody/" not in log.read_text():  # a line is written after its answer was read
        assert time.monotonic() - began < 20
        time.sleep(0.05)
    assert "GET /preview/..." in log.read_text()
    assert "secret-of-one" not in log.read_text()
