"""Who signs an article, typed as rows with a position each."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from articles.models import Author, Byline

MOST = 50


type Known = Callable[[], dict[str, Author]]  # by primary key, as forms send it


class AuthorSelect(AutocompleteSelect):
    """A search among the authors. The stock one would ask for the name of each row's author by a query of its own."""

    known: Known = dict

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        authors = self.known()
        chosen = [authors[key] for key in value if key in authors][:1]
        options = [self.create_option(name, author.pk, str(author), True, 1) for author in chosen]
        return [(None, [self.create_option(name, "", "---------", not chosen, 0), *options], 0)]


class AuthorField(forms.ModelChoiceField):
    known: Known = dict

    def to_python(self, value: Any) -> Author | None:
        if value in self.empty_values:
            return None
        author = self.known().get(str(value))
        if author is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return author


def _author_widget(by: User | None, known: Known) -> forms.Widget:
    """A search among the authors; a new one can be added by those who may, and no more."""
    relation = Byline._meta.get_field("author")
    select = AuthorSelect(relation, admin.site, attrs={"aria-label": "Author"})
    select.known = known
    may_add = by is not None and by.has_perm("articles.add_author")
    return RelatedFieldWidgetWrapper(
        select, relation.remote_field, admin.site, can_add_related=may_add, can_change_related=False, can_delete_related=False
    )


class BylineForm(forms.Form):
    author = AuthorField(Author.objects.all(), required=False)
    position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "desk-position", "aria-label": "Position"}),
    )

    def __init__(self, *args: Any, by: User | None = None, known: Known = dict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["author"].known = known  # type: ignore[attr-defined]
        self.fields["author"].widget = _author_widget(by, known)
        self.fields["author"].widget.choices = self.fields["author"].choices  # type: ignore[attr-defined]


class Bylines(forms.BaseFormSet):
    """A form that says nothing of bylines leaves them as they are."""

    def is_valid(self) -> bool:
        return not self.is_bound or super().is_valid()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "known": lambda: self.known}

    @cached_property
    def known(self) -> dict[str, Author]:
        """The authors of all rows, by one query; whoever is none is left out."""
        typed = {str(form["author"].value()) for form in self.forms}
        keys = {int(key) for key in typed if re.fullmatch("[0-9]{1,18}", key)}
        return {str(pk): author for pk, author in Author.objects.in_bulk(keys).items()}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:  # the table names its columns, not its boxes
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete this byline"

    def authors(self) -> tuple[int, ...]:
        """Primary keys in the order of the positions. A byline without one comes last."""
        if not self.is_bound:
            return tuple(row["author"] for row in self.initial or [])
        rows = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        signed = [row for row in rows if row.get("author")]
        signed.sort(key=lambda row: row["position"] if row.get("position") is not None else MOST * 1000)
        return tuple(row["author"].pk for row in signed)


_Bylines = forms.formset_factory(
    BylineForm, formset=Bylines, extra=0, can_delete=True, max_num=MOST, validate_max=True, absolute_max=MOST * 2
)


def bylines_of(authors: Sequence[int], data: Any, *, by: User | None) -> Any:
    rows = [{"author": pk, "position": position} for position, pk in enumerate(authors, start=1)]
    sent = data if data is not None and "bylines-TOTAL_FORMS" in data else None
    formset = _Bylines(sent, initial=rows, prefix="bylines", form_kwargs={"by": by})
    formset.extra = 0 if rows else 1
    return formset
