"""The editors' desk: everything of this app that is written and kept by hand."""

from articles.admin.article import ArticleAdmin
from articles.admin.checks import PublishRuleAdmin
from articles.admin.front import FrontPageAdmin
from articles.admin.images import ImageAdmin
from articles.admin.site import FormerAddressAdmin, MastheadAdmin
from articles.admin.taxonomy import AuthorAdmin, SectionAdmin, TagAdmin

__all__ = [
    "ArticleAdmin",
    "AuthorAdmin",
    "FormerAddressAdmin",
    "FrontPageAdmin",
    "ImageAdmin",
    "MastheadAdmin",
    "PublishRuleAdmin",
    "SectionAdmin",
    "TagAdmin",
]
