"""What editors write and readers read: fields, constraints, querysets, one-line predicates."""

from articles.models.addresses import FormerAddress
from articles.models.articles import Article, Byline, Status
from articles.models.comments import Comment, Unread
from articles.models.images import Image
from articles.models.imports import ImportedObject
from articles.models.masthead import Masthead
from articles.models.presence import Presence
from articles.models.revisions import Autosave, EndedForm, Revision
from articles.models.rules import PublishRule
from articles.models.tallies import Kind, Tally
from articles.models.taxonomy import Author, Section, Tag, TaggedArticle

__all__ = [
    "Article",
    "Author",
    "Autosave",
    "Byline",
    "Comment",
    "EndedForm",
    "FormerAddress",
    "Image",
    "ImportedObject",
    "Kind",
    "Masthead",
    "Presence",
    "PublishRule",
    "Revision",
    "Section",
    "Status",
    "Tag",
    "TaggedArticle",
    "Tally",
    "Unread",
]
