"""Putting the demo into the database, through the verbs that editors, donors and readers use.

Every unit (a picture, an article, a campaign with its gifts, the digest with its readers) is whole or absent, and
known again by its slug or recipe: loading twice adds nothing, and loading after an interruption adds what is missing.
What somebody changed meanwhile stays as it is.
"""

import contextlib
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from articles import correcting, fronting, images, publishing, richtext
from articles.fronting import Choice
from articles.models import Article, Author, Byline, Image, Masthead, Section, Tag
from articles.models.front import Place
from campaigns import giving, processors, running
from campaigns.giving import Gift
from campaigns.models import Campaign, OfflineInstructions
from campaigns.sandbox import bank
from demo import drawing, reading
from demo.pictures import HEIGHT, WIDTH, portraits
from demo.reading import Appeal, Giving, Piece, Recipe
from digest import editions, subscribing
from digest.models import Notice, Subscriber
from newsroom.pages import EVERYTHING, touch

type Tell = Callable[[str, int, int], None]


def load(*, at: datetime, tell: Tell) -> Counter[str]:
    """Add what is missing of the demo, seen from `at`; say how many of each kind were added.

    Where mail really leaves the house there are no donors and no readers: theirs are made-up addresses, and what the
    ledger has taken down stays there.
    """
    now = timezone.localtime(at)
    site, pieces, appeals = reading.site(), reading.pieces(), reading.appeals()
    added: Counter[str] = Counter()
    is_changed = _notices(site)
    added["pictures"] = _pictures(site, pieces, appeals, tell)
    if _taxonomy(site) or is_changed:
        touch(EVERYTHING)  # these two write without a verb; what follows tells for itself
    for number, piece in enumerate(reversed(pieces), start=1):
        added["articles"] += _article(piece, now=now)
        tell("Articles", number, len(pieces))
    _front(site["front"], now=now)
    with _unlogged("campaigns.giving.arriving"):
        for number, appeal in enumerate(appeals, start=1):
            gifts = [] if settings.EMAIL_URL else appeal.gifts
            added.update(_campaign(appeal, gifts, now=now))
            tell("Campaigns", number, len(appeals))
    if not settings.EMAIL_URL:
        added["readers"] = _digest(pieces, now=now)
    return added


@contextlib.contextmanager
def _unlogged(name: str) -> Iterator[None]:
    """Gifts of the past are no news to the operator."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def image_of(recipe: Recipe) -> Image | None:
    return Image.objects.filter(sha256=_fingerprint(recipe)).first()


def _fingerprint(recipe: Recipe) -> str:
    """Stands where an upload has the hash of its file: known before anything is drawn."""
    return hashlib.sha256(f"demo picture: {recipe.motif} {recipe.mood}".encode()).hexdigest()


def _notices(site: dict[str, Any]) -> bool:
    """Masthead and house notices, where nobody has written their own yet. Whether there was any to write."""
    said = [_say(Masthead, site["masthead"]), _say(Notice, site["notice"])]
    said += [_say(OfflineInstructions, {"text": site["offline"]["text"].strip()})]
    return any(said)


def _say(model: type[Model], words: dict[str, Any]) -> int:
    untouched = {name: model._meta.get_field(name).get_default() for name in words}  # type: ignore[union-attr]
    return model._default_manager.filter(pk=1, **untouched).update(**words)


def _pictures(site: dict[str, Any], pieces: list[Piece], appeals: list[Appeal], tell: Tell) -> int:
    """Draw what the library lacks: what stands on the front page first, so that the worker makes its sizes first."""
    wanted: dict[Recipe, dict[str, Any]] = {}
    front = [piece for piece in pieces if piece.status == "published"][:8]
    shown: list[Piece | Appeal] = [*front, *reversed(appeals), *pieces]
    for picture in [each.picture for each in shown if each.picture]:
        focal = {"focal_x": picture.focal[0], "focal_y": picture.focal[1]}
        wanted[picture.recipe] = {"alt": picture.alt, "caption": picture.caption, **focal}
    for author in site["authors"]:
        wanted[Recipe(author["portrait"])] = {"alt": f"Portrait of {author['name']}, drawn."}
    missing = [recipe for recipe in wanted if not image_of(recipe)]
    for number, recipe in enumerate(missing, start=1):
        images.store(_checked(recipe, drawing.jpeg(recipe)), credit=site["credit"]["picture"], **wanted[recipe])
        tell("Pictures", number, len(missing))
    return len(missing)


def _checked(recipe: Recipe, content: bytes) -> images.Checked:
    """We drew it ourselves: nothing to distrust."""
    width, height = (WIDTH, HEIGHT) if recipe.mood else (portraits.SIZE, portraits.SIZE)
    return images.Checked(content, "jpg", width, height, _fingerprint(recipe))


def _taxonomy(site: dict[str, Any]) -> bool:
    """Whether there was anything to make."""
    made = [_keep(Section, section, position=position) for position, section in enumerate(site["sections"])]
    made += [_keep(Tag, tag) for tag in site["tags"]]
    for author in site["authors"]:
        portrait = image_of(Recipe(author["portrait"]))
        made += [_keep(Author, {name: author[name] for name in ("slug", "name", "bio", "email")}, portrait=portrait)]
    return any(made)


def _keep(model: type[Section] | type[Tag] | type[Author], told: dict[str, Any], **more: Any) -> bool:
    return model.objects.get_or_create(slug=told["slug"], defaults=told | more)[1]


@transaction.atomic
def _article(piece: Piece, *, now: datetime) -> int:
    if Article.objects.filter(slug=piece.slug).exists():
        return 0
    at = piece.when.seen_from(now) if piece.when else now
    article = Article.objects.create(
        slug=piece.slug,
        headline=piece.headline,
        standfirst=piece.standfirst,
        body=richtext.sanitise(piece.body),
        section=Section.objects.get(slug=piece.section),
        lead_image=image_of(piece.picture.recipe) if piece.picture else None,
        language=piece.language,
        **{f"source_{name}": text for name, text in piece.source.items()},
    )
    authors = Author.objects.in_bulk(piece.authors, field_name="slug")
    for position, slug in enumerate(piece.authors):
        Byline.objects.create(article=article, author=authors[slug], position=position)
    article.tags.add(*Tag.objects.filter(slug__in=piece.tags))
    publishing.keep(article, at=at)
    _bring_to(article, piece, at=at, now=now)
    return 1


def _bring_to(article: Article, piece: Piece, *, at: datetime, now: datetime) -> None:
    """From a draft to the state that the file names."""
    if piece.status == "in_review":
        publishing.submit(article, by=None)
    elif piece.status == "scheduled":
        publishing.schedule(article, by=None, publish_at=at, at=now)
    elif piece.status in {"published", "withdrawn"}:
        article = publishing.publish(article, by=None, at=at)
    if piece.updated and piece.correction:
        said, kind = piece.correction["text"], piece.correction["kind"]
        correcting.correct(article, said, by=None, at=piece.updated.seen_from(now), kind=kind)
    elif piece.updated:
        publishing.keep(article, at=piece.updated.seen_from(now))
    if piece.withdrawn:
        publishing.withdraw(article, by=None, at=piece.withdrawn.seen_from(now))


@transaction.atomic
def _front(told: dict[str, Any], *, now: datetime) -> None:
    """Where nobody has arranged anything yet."""
    if fronting.live() or fronting.draft().version:
        return
    chosen = [told["lead"], *told["seconds"]]
    keys = dict(Article.objects.published().filter(slug__in=chosen).values_list("slug", "pk"))
    choices = [Choice(Place.SECOND if n else Place.LEAD, keys.get(slug)) for n, slug in enumerate(chosen)]
    for strip in told["strips"]:
        section, tag = Section.objects.filter(slug=strip.get("section")), Tag.objects.filter(slug=strip.get("tag"))
        of = {"section": getattr(section.first(), "pk", None), "tag": getattr(tag.first(), "pk", None)}
        choices.append(Choice(Place.STRIP, **of, entries=strip["entries"], title=strip.get("title", "")))
    fronting.arrange(choices, by=None, at=now, expected=None)
    fronting.publish(by=None, at=now, expected=None)


@transaction.atomic
def _campaign(appeal: Appeal, gifts: list[Giving], *, now: datetime) -> Counter[str]:
    if Campaign.objects.filter(slug=appeal.slug).exists():
        return Counter()
    starts, ends = appeal.starts.seen_from(now), appeal.ends.seen_from(now)
    campaign = Campaign.objects.create(
        slug=appeal.slug, starts_at=starts, ends_at=ends, image=image_of(appeal.picture.recipe), **appeal.fields
    )
    for language, texts in appeal.translations.items():
        campaign.translations.create(language=language, **texts)
    for promise in appeal.promises:
        window = {"starts_at": promise.starts.seen_from(now), "ends_at": promise.ends.seen_from(now)}
        campaign.pools.create(sponsor=promise.sponsor, cap=promise.cap, note=promise.note, **window)
    campaign = running.open_campaign(campaign, by=None, at=starts)
    for gift in gifts:
        _give(campaign, gift, now=now)
    if appeal.is_over:
        running.close_campaign(campaign, by=None, at=ends)
    return Counter(campaigns=1, gifts=len(gifts))


def _give(campaign: Campaign, gift: Giving, *, now: datetime) -> None:
    """As its donor did: the form sent, the payment made or the cheque put on the table. Without a mail."""
    form = Gift(
        amount=gift.amount,
        email=gift.email,
        processor=gift.processor if gift.processor in processors.names() else "offline",
        name=gift.name,
        rhythm=gift.rhythm,
        anonymous=gift.anonymous,
        message=gift.message,
        tribute=gift.tribute,
        tribute_name=gift.tribute_name,
        on_wall=campaign.has_wall and bool(gift.name),
    )
    donation = giving.begin(campaign, gift=form, at=gift.when.seen_from(now), mail=False)
    arrived = gift.arrives.seen_from(now)
    if donation.processor == "sandbox":
        bank.pay(donation.processor_ref, at=arrived, tell=False)
        giving.settle(donation, at=arrived, mail=False)
    else:
        giving.record_arrival(donation, amount=gift.amount, by=None, at=arrived, mail=False)


@transaction.atomic
def _digest(pieces: list[Piece], *, now: datetime) -> int:
    """The editions of the past, then the readers: in this order, so that nobody is mailed what is over."""
    if Subscriber.objects.exists():
        return 0
    for article in Article.objects.published().filter(slug__in=[piece.slug for piece in pieces]).reverse():
        _edition_after(article, now=now)
    signs = list(reading.signs())
    for sign in signs:
        subscriber = subscribing.enrol(sign.email, at=sign.when.seen_from(now), consent="Demo content.", place="/digest/")
        if sign.left:
            subscribing.unsubscribe(subscriber, at=sign.left.seen_from(now))
    return len(signs)


def _edition_after(article: Article, *, now: datetime) -> None:
    """The first edition that closes after an article came out, if it has closed by now."""
    published_at = article.published_at or now
    day = editions.today(published_at)
    if editions.closing(day) < published_at:
        day += timedelta(days=1)
    closing = editions.closing(day)
    if closing <= now:
        editions.compose(day, editions.since_last(until=closing), at=closing)
