"""What this app's mails say: the answer to a sign-up, and the digest itself."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from babel.dates import format_date
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac

from articles.models import Article, Image, Masthead
from campaigns.models import Campaign
from digest import editions, letters, tokens
from digest.models import Delivery, Edition, Subscriber
from newsroom.money import locale_of

IN_FULL = 12  # articles with their summary; the others of a long day follow as links
PICTURE = 640


def absolute(name: str, *arguments: Any) -> str:
    return f"{settings.SITE_URL}{reverse(f'digest:{name}', args=arguments)}"


def answer_to_sign_up(subscriber: Subscriber, *, asked_at: datetime) -> letters.Letter:
    """To who does not get the digest yet, the link that confirms; to who does, where to change that."""
    masthead = Masthead.objects.get(pk=1)
    confirmed = subscriber.status == Subscriber.Status.CONFIRMED
    context = {
        "masthead": masthead,
        "email": subscriber.email,
        "days": tokens.VALID_FOR.days,
        "confirm_url": absolute("confirm", tokens.to_confirm(subscriber.token, at=asked_at)),
        "preferences_url": absolute("preferences", tokens.to_preferences(subscriber.token)),
    }
    headers = {
        "Auto-Submitted": "auto-replied",  # RFC 3834: no holiday notice answers it
        **letters.unsubscribe_headers(absolute("unsubscribe", tokens.to_unsubscribe(subscriber.token))),
    }
    content = letters.words("known" if confirmed else "confirm", context)
    return letters.write(subscriber.email, masthead, content, headers)


@dataclass(frozen=True)
class Issue:
    """An edition rendered once; each recipient's own addresses are put in the places kept for them."""

    edition: Edition
    masthead: Masthead
    content: tuple[str, str, str]
    unsubscribe_place: str
    preferences_place: str

    def to(self, delivery: Delivery) -> letters.Letter:
        assert delivery.subscriber is not None
        token = delivery.subscriber.token
        unsubscribe = absolute("unsubscribe", tokens.to_unsubscribe(token))
        preferences = absolute("preferences", tokens.to_preferences(token))
        headers = self._headers(f"{delivery.edition_id}:{delivery.subscriber_id}") | letters.unsubscribe_headers(unsubscribe)
        return letters.write(delivery.subscriber.email, self.masthead, self._filled(unsubscribe, preferences), headers)

    def as_test(self, email: str) -> letters.Letter:
        """The same mail for somebody of the newsroom: its personal links lead to the sign-up page."""
        subject, text, html = self._filled(absolute("digest"), absolute("digest"))
        headers = self._headers(f"test:{secrets.token_hex(8)}")
        return letters.write(email, self.masthead, (f"[Test] {subject}", text, html), headers)

    def _filled(self, unsubscribe: str, preferences: str) -> tuple[str, str, str]:
        subject, *parts = self.content
        text, html = (
            part.replace(self.unsubscribe_place, unsubscribe).replace(self.preferences_place, preferences) for part in parts
        )
        return subject, text, html

    def _headers(self, recipient: str) -> dict[str, str]:
        """The Message-ID is the recipient's and edition's own, so that an uncertain repeat can be recognised."""
        code = salted_hmac("digest.message-id", recipient, algorithm="sha256").hexdigest()[:32]
        host = letters.host()
        return {
            "Message-ID": f"<digest-{self.edition.date}-{code}@{host}>",
            "List-Id": f"<digest.{host}>",
            "List-Archive": f"<{absolute('digest')}>",
            "Precedence": "bulk",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
        }


def issue_of(edition: Edition, *, at: datetime) -> Issue | None:
    """As it stands now: corrected articles as corrected, withdrawn and retracted ones gone. None when nothing is left of it."""
    ordered = Article.objects.standing().filter(edition_item__edition=edition).order_by("edition_item__position")
    return rendered(edition, list(ordered.as_cards()), at=at)


def draft(*, at: datetime) -> Issue | None:
    """What would go out if the edition closed now. Nothing is kept."""
    edition = Edition(date=editions.today(at), composed_at=at, covers_until=at)
    return rendered(edition, editions.candidates(editions.since_last(until=at)), at=at)


def rendered(edition: Edition, articles: list[Article], *, at: datetime) -> Issue | None:
    if not articles:
        return None
    masthead = Masthead.objects.get(pk=1)
    places = [f"https://{secrets.token_hex(16)}.invalid/" for _ in range(2)]
    context = {
        "masthead": masthead,
        "subject": editions.subject(articles),
        "day": format_date(edition.date, "full", locale=locale_of(masthead.language)),
        "articles": articles[:IN_FULL],
        "more": articles[IN_FULL:],
        "picture": picture(articles[0].lead_image),
        "campaign": next(iter(Campaign.objects.asked_for(at=at)), None),
        "edition_url": f"{settings.SITE_URL}{edition.get_absolute_url()}",
        "unsubscribe_url": places[0],
        "preferences_url": places[1],
    }
    return Issue(edition, masthead, letters.words("edition", context), *places)


def picture(image: Image | None) -> dict[str, Any] | None:
    """The lead picture as every mail program can show it: the JPEG made for cards, once the worker has made it."""
    made = image.renditions if image else []
    cards = [each for each in made if each["shape"] == "card" and each["format"] == "jpeg" and each["width"] <= PICTURE]
    if image is None or not cards:
        return None
    best = max(cards, key=lambda each: each["width"])
    address = urljoin(f"{settings.SITE_URL}/", default_storage.url(best["name"]))
    return {"address": address, "alt": image.alt, "width": best["width"], "height": best["height"]}
