from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from articles import feeds, sitemaps, views
from newsroom import converters as converters  # registers <part:…>, <yyyy:…>, <mm:…>, <number:…> and <feed:…>

app_name = "articles"


def listed(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """A list under its own address, and its older pages, numbered from the oldest."""
    return [path(route, view, name=name), path(f"{route}page/<number:number>/", view, name=f"{name}_page")]


urlpatterns = [
    path("", views.front, name="front"),
    path("articles/<part:slug>/", views.article, name="article"),
    *listed("latest/", views.latest, "latest"),
    path("tags/", views.tags, name="tags"),
    *listed("tags/<part:slug>/", views.tag, "tag"),
    *listed("sections/<part:slug>/", views.section, "section"),
    *listed("authors/<part:slug>/", views.author, "author"),
    *listed("corrections/", views.corrections, "corrections"),
    path("archive/", views.archive, name="archive"),
    *listed("archive/<yyyy:year>/<mm:month>/", views.month, "month"),
    path("preview/<str:token>/", views.shared, name="shared"),
    path("search/", views.search, name="search"),
    path("feeds/latest.<feed:form>", feeds.latest, name="latest_feed"),
    path("tags/<part:slug>/feed.<feed:form>", feeds.tag, name="tag_feed"),
    path("sections/<part:slug>/feed.<feed:form>", feeds.section, name="section_feed"),
    path("authors/<part:slug>/feed.<feed:form>", feeds.author, name="author_feed"),
    path("corrections/feed.<feed:form>", feeds.corrections, name="corrections_feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<yyyy:year>-<mm:month>.xml", sitemaps.month, name="month_sitemap"),
    path("sitemaps/pages.xml", sitemaps.lists, name="pages_sitemap"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path(".well-known/security.txt", views.security, name="security"),
]
