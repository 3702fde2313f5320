"""A form that was sent: once is once, and what somebody typed is never thrown away."""

import hashlib
from uuid import UUID, uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from articles.models import Article

ONCE = "once"
TYPED = {
    "headline": "Headline",
    "standfirst": "Standfirst",
    "body": "Text",
    "summary": "Summary",
    "tags": "Tags",
    "picture_alt": "Alternative text",
    "picture_caption": "Caption",
    "picture_credit": "Credit",
    "source_outlet": "Outlet",
    "source_author": "Author there",
    "source_url": "Original address",
    "source_licence": "Licence",
    "comment": "Comment",
}
MEANWHILE = "Nothing was saved: you may not do this, or no longer, because somebody published or took over the article meanwhile."


def new_key(request: HttpRequest) -> str:
    """For an empty form a new one; a form with errors keeps its own."""
    return request.POST.get(ONCE) or uuid4().hex


def fingerprint(request: HttpRequest) -> UUID | None:
    """The same for the same person sending the same form again with the same words, whichever button was pressed."""
    if not request.POST.get(ONCE):
        return None
    typed = sorted((name, *values) for name, values in request.POST.lists() if name[0:1] != "_" and name != "csrfmiddlewaretoken")
    files = sorted((name, str(file.name), file.size) for name in request.FILES for file in request.FILES.getlist(name))
    return UUID(bytes=hashlib.sha256(repr((request.user.pk, typed, files)).encode()).digest()[:16])


def begun_before(key: UUID) -> Article | None:
    """The article this form has made already. In a transaction: who sends it at the same moment waits for the first one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
    return Article.objects.filter(begun_with=key).first()


def refused(request: HttpRequest, context: dict[str, object], sentence: str) -> HttpResponse:
    """403 with everything that was typed, to be copied."""
    typed = [(label, request.POST[name]) for name, label in TYPED.items() if request.POST.get(name, "").strip()]
    context |= {"title": "Not saved", "sentence": sentence or MEANWHILE, "typed": typed}
    return TemplateResponse(request, "admin/articles/article/refused.html", context, status=403)
