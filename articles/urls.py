from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter

from articles import feeds, sitemaps, views

app_name = "articles"


class Year(StringConverter):
    regex = "[0-9]{4}"


class Month(StringConverter):
    regex = "0[1-9]|1[0-2]"


register_converter(Year, "yyyy")
register_converter(Month, "mm")


def listed(route: str, view: Callable[..., HttpResponse], name: str) -> list[URLPattern]:
    """A list under its own address, and its older pages, numbered from the oldest."""
    return [path(route, view, name=name), path(f"{route}page/<int:number>/", view, name=f"{name}_page")]


urlpatterns = [
    path("", views.front, name="front"),
    path("articles/<str:slug>/", views.article, name="article"),
    *listed("latest/", views.latest, "latest"),
    path("tags/", views.tags, name="tags"),
    *listed("tags/<str:slug>/", views.tag, "tag"),
    *listed("sections/<str:slug>/", views.section, "section"),
    *listed("authors/<str:slug>/", views.author, "author"),
    path("archive/", views.archive, name="archive"),
    *listed("archive/<yyyy:year>/<mm:month>/", views.month, "month"),
    path("search/", views.search, name="search"),
    re_path(r"^feeds/latest\.(?P<form>rss|atom|json)$", feeds.latest, name="latest_feed"),
    re_path(r"^tags/(?P<slug>[^/]+)/feed\.(?P<form>rss|atom|json)$", feeds.tag, name="tag_feed"),
    re_path(r"^sections/(?P<slug>[^/]+)/feed\.(?P<form>rss|atom|json)$", feeds.section, name="section_feed"),
    re_path(r"^authors/(?P<slug>[^/]+)/feed\.(?P<form>rss|atom|json)$", feeds.author, name="author_feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<yyyy:year>-<mm:month>.xml", sitemaps.month, name="month_sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="pages_sitemap"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path(".well-known/security.txt", views.security, name="security"),
]
