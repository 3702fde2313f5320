"""What editors write and readers read: fields, constraints, querysets, one-line predicates."""

from articles.models.addresses import Came, FormerAddress
from articles.models.articles import Article, Byline, Status
from articles.models.bulk import BulkDeed, BulkItem
from articles.models.comments import Comment, Unread
from articles.models.corrections import Correction
from articles.models.filters import SavedFilter
from articles.models.front import FrontPage, Slot
from articles.models.images import Image
from articles.models.imports import ImportedObject
from articles.models.masthead import Masthead
from articles.models.presence import Presence
from articles.models.previews import PreviewLink
from articles.models.revisions import Autosave, EndedForm, Revision
from articles.models.rules import PublishRule
from articles.models.tallies import Kind, Tally
from articles.models.taxonomy import Author, Section, Synonym, Tag, TaggedArticle

__all__ = [
    "Article",
    "Author",
    "Autosave",
    "BulkDeed",
    "BulkItem",
    "Byline",
    "Came",
    "Comment",
    "Correction",
    "EndedForm",
    "FormerAddress",
    "FrontPage",
    "Image",
    "ImportedObject",
    "Kind",
    "Masthead",
    "Presence",
    "PreviewLink",
    "PublishRule",
    "Revision",
    "SavedFilter",
    "Section",
    "Slot",
    "Status",
    "Synonym",
    "Tag",
    "TaggedArticle",
    "Tally",
    "Unread",
]
