"""The verbs of what readers are told about a published article: correct, amend, take back; retract and its way back.

A note is dated by the moment at which readers got it, is published together with what was saved over the article if that is
wanted, and is never rewritten: `amend` publishes another in its place. Each counts as an update of the article, so feeds,
sitemap and structured data tell of it.

A retracted article keeps its address and answers 200, with why and when above its text, and search engines may go on finding
it: whoever meets the article anywhere is to meet the retraction too (COPE, Retraction Guidelines, 2019: a retraction is
linked to what it retracts, freely readable, and the original is kept, marked, unless the law asks for its removal).
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from articles import checking, contents, drafting, pages, publishing, rules, talking
from articles.models import Article, Comment, Correction
from newsroom import audit

LONGEST = 3000
Kind, Place = Correction.Kind, Correction.Place
NOTES = (Kind.CORRECTION, Kind.CLARIFICATION, Kind.NOTE)  # what is chosen; a retraction has a verb of its own
NOT_OUT = "Readers do not see it: change it instead."
TAKEN_AWAY = {"standfirst": "", "summary": "", "body": "", "lead_image": None}


def correct(
    article: Article,
    text: str,
    *,
    by: User | None,
    at: datetime,
    kind: str = Kind.CORRECTION,
    place: str = Place.BOTTOM,
    with_changes: bool = False,
    expected: int | None = None,
    settles: Iterable[Comment] = (),
) -> Correction:
    """Publish a note, and `with_changes` in the same transaction what was saved over the article, up to the version `expected`
    if that is given. `settles`: the corrections that were asked for and are seen to by it. The same note again is the one that
    stands. ValidationError for no words, too many, an article that readers do not see, or changes that cannot be published."""
    text = _checked(text, kind)
    with transaction.atomic():
        article = _locked(article, by, "publish corrections")
        if article.status != "published":
            raise ValidationError(NOT_OUT)
        before, former_slug = pages.of_article(article), article.slug
        changed = with_changes and article.has_changes
        if changed:
            _bring_up(article, expected, by=by, at=at)
        note = Correction.objects.standing().filter(article=article, kind=kind, text=text).first()
        if changed or note is None:
            note = note or _add(article, text, kind=kind, place=place, by=by, at=at)
            publishing.keep(article, before=before, former_slug=former_slug, at=at)
            _record(by, "corrected", article, note, at=at)
        _settle(article, settles, by=by, at=at)
    return note


def amend(note: Correction, text: str, *, by: User | None, at: datetime, kind: str = "", place: str = "") -> Correction:
    """Put a note otherwise: another one, dated today, stands in its place and says which one it replaces. A quiet no-op where
    it says the same. ValidationError for one that stands no more."""
    with transaction.atomic():
        article = _locked(note.article, by, "publish corrections")
        note = Correction.objects.select_for_update(of=("self",)).get(pk=note.pk)
        kind, place = (note.kind, note.place) if note.kind == Kind.RETRACTION else (kind or note.kind, place or note.place)
        text = _checked(text, kind)
        if (note.kind, note.place, note.text) == (kind, place, text):
            return note
        if note.withdrawn_at or article.status != "published":
            raise ValidationError("Readers do not see this note any more, so there is nothing to put otherwise.")
        before = pages.of_article(article)
        _withdraw(note, by=by, at=at)
        new = _add(article, text, kind=kind, place=place, by=by, at=at, replaces=note)
        publishing.keep(article, before=before, at=new.published_at)
        _record(by, "amended a correction", article, new, at=at)
    return new


def take_back(note: Correction, *, by: User | None, at: datetime) -> Correction:
    """A note that was itself mistaken leaves the article; the desk keeps it. A quiet no-op the second time."""
    if note.kind == Kind.RETRACTION:
        raise ValidationError("Take back the retraction of the article instead.")
    with transaction.atomic():
        article = _locked(note.article, by, "take back corrections")
        note = Correction.objects.select_for_update(of=("self",)).get(pk=note.pk)
        if note.withdrawn_at is None:
            before = pages.of_article(article)
            _withdraw(note, by=by, at=at)
            _tell(article, before, at=at)
            _record(by, "took back a correction", article, note, at=at)
    return note


def retract(article: Article, reason: str, *, by: User | None, at: datetime, take_text: bool = False) -> Article:
    """Tell readers that an article is not to be relied upon, and why. `take_text`: standfirst, text, summary and picture leave
    the page as well (they stay among the versions), for where the law asks for it. The address stays; front page, digests
    not yet sent, news sitemap and other articles lead there no more. ValidationError for what readers do not see."""
    reason = _checked(reason, Kind.RETRACTION)
    with transaction.atomic():
        article = _locked(article, by, "retract articles")
        if article.status != "published":
            raise ValidationError("Readers do not see it, so there is nothing to retract.")
        before, lacks_text = pages.of_article(article), not article.body
        if not article.is_retracted:
            note = _add(article, reason, kind=Kind.RETRACTION, place=Place.TOP, by=by, at=at)
            article.retracted_at = note.published_at
            article.save(update_fields=["retracted_at", "modified_at"])
            _record(by, "retracted", article, note, at=at)
        elif lacks_text or not take_text:
            return article
        if take_text and not lacks_text:
            _take_text(article, by=by, at=at)
        publishing.keep(article, before=before, at=at)
    return article


def unretract(article: Article, *, by: User | None, at: datetime) -> Article:
    """The retraction was a mistake: the article stands as before, and the desk keeps what was said. ValidationError while
    there is no text to stand by; a quiet no-op for one that is not retracted."""
    with transaction.atomic():
        article = _locked(article, by, "take back a retraction")
        if article.is_retracted:
            if not article.body:
                raise ValidationError(
                    "Its text was taken away. Bring back a version with its text and publish the changes first."
                )
            before = pages.of_article(article)
            for note in Correction.objects.standing().filter(article=article, kind=Kind.RETRACTION):
                _withdraw(note, by=by, at=at)
            article.retracted_at = None
            article.save(update_fields=["retracted_at", "modified_at"])
            _tell(article, before, at=at)
            _record(by, "took back a retraction", article, None, at=at)
    return article


def _checked(text: str, kind: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if kind not in Kind.values:
        raise ValidationError("Choose what kind of note it is.")
    if not text or len(text) > LONGEST:
        raise ValidationError(f"Write what readers are to be told: up to {LONGEST:,} characters.")
    return text


def _locked(article: Article, by: User | None, deed: str) -> Article:
    if not rules.may_publish(by):
        raise PermissionDenied(f"You may not {deed}.")
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _add(
    article: Article, text: str, *, kind: str, place: str, by: User | None, at: datetime, replaces: Correction | None = None
) -> Correction:
    return Correction.objects.create(
        article=article,
        text=text,
        kind=kind,
        place=Place.TOP if kind == Kind.RETRACTION else Place(place),
        version=article.live_version or article.version,
        published_at=max(at, article.published_at or at),
        by=by,
        replaces=replaces,
    )


def _withdraw(note: Correction, *, by: User | None, at: datetime) -> None:
    note.withdrawn_at, note.withdrawn_by = max(at, note.published_at), by
    note.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _bring_up(article: Article, expected: int | None, *, by: User | None, at: datetime) -> None:
    if expected is not None and expected != article.version:
        raise ValidationError("Somebody saved the article meanwhile. Look at the newest version before you publish it.")
    publishing.bring_up(article)
    article.publish_at, article.schedule_error = None, ""
    article.save(update_fields=["publish_at", "schedule_error"])
    checking.refuse_blocked(article)
    _record(by, "published changes", article, None, at=at)


def _take_text(article: Article, *, by: User | None, at: datetime) -> None:
    """As a version of its own, which readers see at once; what was saved and not published stays among the versions."""
    content = contents.of(article).with_changes(**TAKEN_AWAY)
    saved = drafting.save(article, content, by=by, at=at, expected=None, note="Retracted: the text taken away")
    article.version, article.live_version = saved.version, saved.live_version
    publishing.bring_up(article)
    # A draft that is saved later must not come out by a moment that was chosen for an earlier one.
    article.publish_at, article.schedule_error = None, ""
    article.save(update_fields=["publish_at", "schedule_error"])


def _tell(article: Article, before: pages.Faces, *, at: datetime) -> None:
    """A withdrawn article has no page of which anything could be seen otherwise."""
    if article.is_public:
        publishing.keep(article, before=before, at=at)


def _settle(article: Article, wanted: Iterable[Comment], *, by: User | None, at: datetime) -> None:
    for comment in wanted:
        if comment.article_id == article.pk and by is not None:
            talking.see_to(comment, by=by, at=at)


def _record(by: User | None, deed: str, article: Article, note: Correction | None, *, at: datetime) -> None:
    """What it said stands in its row for ever; here only which one it was, for this outlives everybody's name."""
    if by is not None:
        audit.record(by, deed, article, detail=f"{note.get_kind_display()} {note.pk}" if note else "", at=at)
