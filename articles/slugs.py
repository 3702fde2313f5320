"""Addresses that are free: made from a title, and kept when somebody else takes one at the same moment."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from articles.readdressing import of_others, path_of


def free_slug(model: Any, text: str, *, other_than: int | None = None) -> str:
    """A slug made from a text that no other row of this model has, or had when readers learned its address."""
    longest = (model._meta.get_field("slug").max_length or 50) - 6
    stem = slugify(text, allow_unicode=True)[:longest].strip("-_") or model._meta.model_name or "page"
    taken = set(model._default_manager.exclude(pk=other_than).filter(slug__startswith=stem).values_list("slug", flat=True))
    former = of_others(model, other_than).filter(path__startswith=path_of(model(slug=stem)).rstrip("/"))
    taken |= {path.rstrip("/").rpartition("/")[2] for path in former.values_list("path", flat=True)}
    return next(slug for slug in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken)


def save_under_a_free_slug(row: Any, **how: Any) -> None:
    """Save; where somebody took the slug since it was looked up, take the next one: nobody loses a text to a race."""
    for _ in range(10):
        try:
            with transaction.atomic():
                row.save(**how)
            return
        except IntegrityError as clash:
            if "slug" not in (getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "") or ""):
                raise
            row.slug = free_slug(type(row), row.slug, other_than=row.pk)
    row.save(**how)
