"""Links by which people outside read an article before it is out: a source, a lawyer, somebody who is asked for a comment.

A link is a row, so that who made it stands there and it can be ended; its address is the row's key and nonce, signed. The
address is not kept: whoever reads the database alone opens nothing. It is signed anew when the desk shows it, so a colleague
can copy it again; a hash of a random token would open as little and could be shown only once.

A link shows the newest text that is saved at the moment it is opened, not the one it was made of: who waits for a correction
sees it. It shows nothing that its maker may not see any more.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse

from articles import moments, rules
from articles.models import Article, PreviewLink
from newsroom import audit

LASTS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
MOST = 20  # that work at the same time, of one article
REMEMBERED = timedelta(days=30)  # after its end


def make(article: Article, *, lasts: str, made_for: str = "", by: User, at: datetime) -> PreviewLink:
    """`lasts`: a key of LASTS. ValidationError beyond MOST."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        _allow(by, article)
        if lasts not in LASTS:
            raise ValidationError("Choose how long the link is to work.")
        if working(article, at=at).count() >= MOST:
            raise ValidationError(f"{MOST} links to this article work already. End one of them first.")
        told = " ".join(made_for.replace("\0", "").split())[:100]
        held = {"made_for": told, "by": by, "made_at": at, "expires_at": at + LASTS[lasts]}
        link = PreviewLink.objects.create(article=article, nonce=secrets.token_hex(8), **held)
        audit.record(by, "shared a preview", article, detail=f"link {link.pk}, until {moments.told(link.expires_at)}", at=at)
    return link


def end(link: PreviewLink, *, by: User, at: datetime) -> PreviewLink:
    """From now on it opens nothing. Who made it may end it, though the article be out of their hands by now."""
    with transaction.atomic():
        link = PreviewLink.objects.select_for_update(of=("self",)).select_related("article").get(pk=link.pk)
        if link.by_id != by.pk:
            _allow(by, link.article)
        if link.ended_at is None and link.expires_at > at:
            link.ended_at = at
            link.save(update_fields=["ended_at"])
            audit.record(by, "ended a preview", link.article, detail=f"link {link.pk}", at=at)
    return link


def _allow(by: User, article: Article) -> None:
    if not rules.may_change(by, article):
        raise PermissionDenied("You may not share this article.")


def working(article: Article, *, at: datetime) -> QuerySet[PreviewLink]:
    return PreviewLink.objects.filter(article=article, ended_at=None, expires_at__gt=at)


def address(link: PreviewLink) -> str:
    """With scheme and host."""
    return settings.SITE_URL + reverse("articles:shared", args=[_signer().sign(f"{link.pk}-{link.nonce}")])


def find(token: str, *, at: datetime) -> PreviewLink | None:
    """None, whatever the reason: never made, changed, over, ended, its article gone, its maker not allowed to see it."""
    try:
        pk, _, nonce = _signer().unsign(token).partition("-")
    except signing.BadSignature:
        return None
    found = (
        PreviewLink.objects.filter(pk=pk, nonce=nonce, ended_at=None, expires_at__gt=at).select_related("by", "article").first()
    )
    if found is None or found.by is None or not (found.by.is_active and rules.may_see(found.by, found.article)):
        return None
    return found


def opened(link: PreviewLink, *, at: datetime) -> None:
    PreviewLink.objects.filter(pk=link.pk).update(opened_at=at, openings=F("openings") + 1)


def forget(*, at: datetime) -> int:
    """Drop what does not work since REMEMBERED. Safe to repeat."""
    return PreviewLink.objects.filter(expires_at__lt=at - REMEMBERED).delete()[0]


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="articles.preview")
