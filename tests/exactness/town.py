"""A small newsroom of which every public page is known, with lists short enough that it has numbered pages."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.csp import CSP

from articles import correcting, paging, publishing
from articles.models import Article, Author, FormerAddress, Image, Masthead, Section, Tag
from articles.readdressing import path_of
from campaigns import updates
from campaigns.models import Campaign, CampaignTranslation, CampaignUpdate, MatchingPool, PartnerHost
from digest import editions
from newsroom.database.prepared import Prepared
from newsroom.pages.keys import moment
from newsroom.pages.showing import keys_of
from tests.campaigns.gifts import received
from tests.factories import make_article, make_author, make_campaign, make_section, make_subscriber, make_tag

SHORTER = [
    ("articles.feeds", "ENTRIES", 4),
    ("articles.composing", "HEAD", 3),
    ("articles.composing", "STRIP", 2),
    ("articles.views.article", "EARLIER", 2),
    ("campaigns.wall", "SIZE", 2),
]
FORMS = ("rss", "atom", "json")


def shorten_lists(monkeypatch: Any) -> None:
    monkeypatch.setitem(paging.page_of.__kwdefaults__, "size", 3)
    for name, constant, number in SHORTER:
        module = import_module(name)
        monkeypatch.setattr(module, constant, number)
        for word, value in list(vars(module).items()):
            if isinstance(value, Prepared):  # its SQL has the number that stood there when it was built
                monkeypatch.setattr(module, word, Prepared(value.build))


def make_image(number: int) -> Image:
    rendition = {"shape": "full", "format": "jpeg", "width": 640, "height": 427, "name": f"images/{number}-full-640.jpeg"}
    return Image.objects.create(
        file=f"images/{number}.png", width=1200, height=800, sha256=f"{number:064}", alt=f"Alt {number}", renditions=[rendition]
    )


def build() -> SimpleNamespace:
    """Fourteen public articles over three months, one withdrawn, one draft, one scheduled; two campaigns; two editions."""
    now = timezone.now().replace(microsecond=0)
    Masthead.objects.update_or_create(pk=1, defaults={"name": "The Lamp", "tagline": "By night", "description": ""})
    town = SimpleNamespace(now=now)
    town.images = [make_image(number) for number in range(1, 5)]
    town.home, town.world = make_section("Home", slug="home", position=1), make_section("World", slug="world", position=2)
    town.hidden = make_section("Hidden", slug="hidden", in_navigation=False)
    town.empty = make_section("Empty", slug="empty", position=3)
    town.ada = make_author("Ada", slug="ada", portrait=town.images[3])
    town.ben = make_author("Ben", slug="ben", bio="Writes.")
    town.courts, town.water = make_tag("Courts", slug="courts", description="Judges."), make_tag("Water", slug="water")
    town.unused = make_tag("Unused", slug="unused")
    town.courts.related.add(town.water, town.unused)
    ages = [0.1, 0.3, 1, 1.5, 3, 4, 5, 35, 36, 37, 38, 70, 71, 72]
    town.articles = []
    for number, days in enumerate(ages):
        town.articles.append(
            make_article(
                headline=f"Story {number}",
                slug=f"story-{number}",
                standfirst=f"Standfirst {number}." if number % 2 else "",
                section=[town.home, town.home, town.world, town.hidden][number % 4],
                tags=[["Courts"], ["Water", "Courts"], [], ["Water"]][number % 4],
                authors=[[town.ada], [town.ada, town.ben], [town.ben], []][number % 4],
                lead_image=town.images[number % 3] if number % 3 else None,
                language="es" if number == 5 else "en",
                published_at=now - timedelta(days=days),
            )
        )
    town.withdrawn = make_article(
        status="withdrawn", slug="gone", section=town.home, tags=["Courts"], published_at=now - timedelta(days=2)
    )
    town.draft = make_article(status="draft", slug="draft", section=town.world, tags=["Water", "Unused"], authors=[town.ben])
    town.loner = make_article(slug="loner", section=town.world, tags=["Lonely"], published_at=now - timedelta(days=200))
    FormerAddress.objects.create(path="/2019/05/story/", article=town.articles[3])
    FormerAddress.objects.create(path="/2019/tag/courts", tag=town.courts)
    for path in ("/tags/unused/", f"/archive/{now - timedelta(days=400):%Y/%m}/", f"/digest/{now.date()}/"):
        FormerAddress.objects.create(path=path, article=town.articles[9])  # where there is no page of ours yet
    FormerAddress.objects.create(path="/tags/new-tag/", tag=town.water)
    FormerAddress.objects.create(path="/sections/old-home/", section=town.home)
    FormerAddress.objects.create(path="/authors/old-ben/", author=town.ben)
    town.campaign = make_campaign(
        title="Stay",
        slug="stay",
        starts_at=now - timedelta(days=3),
        ends_at=now + timedelta(days=10, hours=5),
        image=town.images[0],
    )
    town.second = make_campaign(title="Grow", slug="grow", starts_at=now - timedelta(days=9), ends_at=None, priority=-1)
    town.planned = make_campaign(title="Later", slug="later", status="draft", starts_at=now - timedelta(days=1))
    town.closed = make_campaign(
        title="Past", slug="past", status="closed", starts_at=now - timedelta(days=99), ends_at=now - timedelta(days=50)
    )
    town.spanish = CampaignTranslation.objects.create(campaign=town.campaign, language="es", title="Quédate", call="Ayuda.")
    town.pool = MatchingPool.objects.create(
        campaign=town.campaign, sponsor="The Lund family", cap=50_000, starts_at=now - timedelta(days=2), ends_at=None
    )
    town.gift = received(town.campaign, at=now - timedelta(days=1))
    ask_beside_what_it_is_about(town)
    make_subscriber()
    day = timedelta(days=1)
    for ago in (5 * day, 4 * day, 3 * day):
        editions.compose((now - ago).date(), editions.whole((now - ago).date()), at=now - ago)
    tell_of_mistakes(town)
    town.mailed = publishing.withdraw(town.articles[5], by=None, at=now)
    return town


def tell_of_mistakes(town: SimpleNamespace) -> None:
    """Six notes, two of them of one moment; one is the reason of a retraction."""
    hour = timedelta(hours=1)
    told = [(9, 9 * hour), (3, 8 * hour), (12, 8 * hour), (4, 7 * hour), (5, 6 * hour)]
    town.notes = [
        correcting.correct(town.articles[number], f"Note on {number}.", by=None, at=town.now - ago) for number, ago in told
    ]
    town.retracted = correcting.retract(town.articles[8], "Invented.", by=None, at=town.now - 5 * hour)


def ask_beside_what_it_is_about(town: SimpleNamespace) -> None:
    """Two campaigns for parts of the site, one to come, a partner, names on the wall, and news."""
    day = timedelta(days=1)
    town.local = make_campaign(title="Local", slug="local", starts_at=town.now - 2 * day, ends_at=town.now + 20 * day)
    town.local.sections.add(town.world)
    town.dry = make_campaign(title="Dry", slug="dry", starts_at=town.now - day, ends_at=None, has_bar=True)
    town.dry.tags.add(town.water)
    town.soon = make_campaign(
        title="Soon", slug="soon", status="planned", opened_at=None, starts_at=town.now + 5 * day, ends_at=town.now + 40 * day
    )
    town.spare = make_tag("Spare", slug="spare")
    town.partner = PartnerHost.objects.create(host="a.example")
    Campaign.objects.filter(pk=town.campaign.pk).update(has_wall=True)
    town.named = [
        received(town.campaign, at=town.now - day, email=f"n{number}@example.org", name=f"N{number}", on_wall=True)
        for number in range(3)
    ]
    told = {"campaign": town.campaign, "text": "<p>It came.</p>", "image": town.images[1]}
    town.news = updates.publish(CampaignUpdate.objects.create(headline="Oil", **told), by=None, at=town.now - day)
    town.unpublished = CampaignUpdate.objects.create(headline="More oil", **told)


def addresses() -> list[str]:
    """Every public address that may be kept, and those of what is not public yet."""
    found = ["/", "/tags/", "/archive/", "/campaigns/", "/digest/", "/sitemap.xml", "/sitemaps/pages.xml", "/news-sitemap.xml"]
    found += ["/robots.txt", "/opensearch.xml", "/.well-known/security.txt"]
    lists = [
        "/latest/",
        "/corrections/",
        *(path_of(row) for model in (Section, Tag, Author) for row in model._default_manager.all()),
    ]
    months = sorted({f"{at:%Y/%m}" for at in Article.objects.exclude(published_at=None).values_list("published_at", flat=True)})
    lists += [f"/archive/{month}/" for month in months]
    found += [f"{each}{page}" for each in lists for page in ("", *(f"page/{n}/" for n in range(1, 6)))]
    found += [f"/feeds/latest.{form}" for form in FORMS]
    found += [f"{each}feed.{form}" for each in lists[1 : -len(months)] for form in FORMS]
    found += [f"/sitemaps/{month.replace('/', '-')}.xml" for month in months]
    found += [path_of(article) for article in Article.objects.all()]
    found += [path for former in FormerAddress.objects.all() for path in (former.path.rstrip("/"), f"{former.path.rstrip('/')}/")]
    of_lists = FormerAddress.objects.filter(article=None)
    found += [f"{former.path.rstrip('/')}/feed.{form}" for former in of_lists for form in FORMS]
    for campaign in Campaign.objects.all():
        drawn = ("progress.svg", "progress.png", "progress.json")
        names = ("", "es/", "de/", *drawn, *(f"es/{name}" for name in drawn), "es/embed/", "es/embed/a.example/", "de/embed/")
        found += [campaign.get_absolute_url() + name for name in names]
        found += [f"{campaign.get_absolute_url()}embed/{host}" for host in ("", "a.example/", "b.example/")]
        found += [f"{campaign.get_absolute_url()}thanks/{page}" for page in ("", "page/1/", "page/2/")]
    days = {edition.date for edition in editions.Edition.objects.all()}
    return [*dict.fromkeys(found), *(f"/digest/{day}/" for day in days), *(f"/digest/{day.year}/" for day in days)]


def answers(client: Client, paths: list[str]) -> dict[str, tuple[Any, ...]]:
    """Status, target, body, who may frame it, and the moments until which it is true: caches in front are told."""
    got = {path: client.get(path) for path in dict.fromkeys(paths)}  # once: what is kept tells no keys
    return {
        path: (answer.status_code, answer.get("Location"), answer.content, answer.get(CSP.HEADER_ENFORCE), until(answer))
        for path, answer in got.items()
    }


def until(answer: Any) -> list[int]:
    return sorted(filter(None, map(moment, keys_of(answer.wsgi_request))))
