"""What readers see: fetch and render. What is public is said by `published()` alone."""

from articles.views.article import article
from articles.views.front import front
from articles.views.lists import archive, author, corrections, latest, month, section, tag, tags
from articles.views.machines import opensearch, robots, security
from articles.views.missing import missing
from articles.views.previews import shared
from articles.views.search import search

__all__ = [
    "archive",
    "article",
    "author",
    "corrections",
    "front",
    "latest",
    "missing",
    "month",
    "opensearch",
    "robots",
    "search",
    "section",
    "security",
    "shared",
    "tag",
    "tags",
]
