"""Words that somebody typed and did not save: told, looked at beside the article, taken up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from articles import comparing, contents, presence, typed
from articles.admin import words, writing
from articles.forms import ArticleForm
from articles.models import Article, Autosave

SHOWN = 3  # on the page of an article
NO_WORDS = {"version", "key", "schedule_for"}


@dataclass(frozen=True)
class Field:
    label: str
    rows: list[comparing.Row]
    words: str


@dataclass(frozen=True)
class Offer:
    row: Autosave
    at: str
    is_open: bool  # in another window, by all that is known


def offers(article: Article | None, *, to: User, at: datetime, besides: set[UUID]) -> list[Offer]:
    """What this person typed here, did not save, and is not what the form shows already. Newest first."""
    rows = Autosave.objects.filter(user=to, article=article).exclude(key__in=besides).order_by("-saved_at")
    open_now = presence.alive(at=at).filter(user=to, article=article, key=OuterRef("key"))
    rows = rows.annotate(is_open=Exists(open_now)) if article else rows
    found = [row for row in rows[:SHOWN] if changed(ArticleForm(instance=article), row)]
    return [Offer(row, words.moment(row.saved_at, words.PAPER_TIME), getattr(row, "is_open", False)) for row in found]


def changed(form: Any, row: Autosave) -> list[str]:
    """The names of the fields whose words differ. `form`: an empty one of the article, which is filled here."""
    sent = typed.as_sent(row.typed)
    form.take_up(sent)
    boxes = {name for name, field in form.fields.items() if isinstance(field, forms.BooleanField) and "headline" in sent}
    names = [name for name in form.changed_data if name in boxes or name in sent]
    names = [name for name in names if name not in NO_WORDS and not _is_same(form, name)]
    before = form.drafted
    after = typed.read(sent, over=before, tags=form.fields["tags"])
    return [*names, "authors"] if before.authors != after.authors else names


def _is_same(form: Any, name: str) -> bool:
    """A browser's line ends are no news, nor is an address that is left to be made."""
    before, after = (str(value or "").replace("\r\n", "\n") for value in (form[name].initial, form.data.get(name)))
    return before.strip() == after.strip() or (name == "slug" and not after)


def side_by_side(form: Any, row: Autosave) -> list[Field]:
    """What stands there now, and what was typed."""
    names = changed(form, row)
    before = form.drafted
    after = typed.read(form.data, over=before, tags=form.fields["tags"])
    fields = []
    for name in sorted(names, key=lambda name: list(contents.LABELS).index(name) if name in contents.LABELS else 99):
        if name in contents.LABELS:
            text = after.body if name == "body" else writing.told(name, after)
            fields.append(Field(contents.LABELS[name], writing.compared(name, before, after), text))
        else:
            old, new = str(form[name].initial or ""), form.data.get(name, "")
            fields.append(Field(str(form[name].label), [comparing.marked(old, new)], new))
    return fields


def headline(row: Autosave) -> str:
    return " ".join((row.typed.get("headline") or [""])[0].split())[:120] or "Without a headline"


def taken_up(form: Any, row: Autosave, key: UUID) -> Any:
    """A form class that comes filled with these words, unsaved, under a key of its own: the window that they were typed
    in may be open still."""
    sent = typed.as_sent(row.typed)
    sent["key"], sent["version"] = str(key), str(row.version)

    def filled(self: Any, *args: Any, **options: Any) -> None:
        form.__init__(self, *args, **options)
        if not self.is_bound:
            self.take_up(sent)
            self.full_clean()
            self.forgive()

    return type(form)(form.__name__, (form,), {"__init__": filled})
