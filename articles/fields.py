"""Fields of the desk's forms: tags, an upload, an address made from a title."""

import csv
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from articles import images
from articles.readdressing import refuse_anothers
from articles.slugs import free_slug

PICTURES = "image/jpeg,image/png,image/webp,image/avif,image/gif"


class SlugFromTitle(forms.ModelForm):
    """For pages with an address: left empty, the slug is made from the field named in `titled_by`."""

    titled_by = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        title = str(cleaned.get(self.titled_by) or "")
        if "slug" in cleaned and title and self.is_for_us_to_make(cleaned["slug"], title):
            cleaned["slug"] = free_slug(self._meta.model, title, other_than=self.instance.pk)
        elif cleaned.get("slug") and cleaned["slug"] != self.instance.slug:
            self.refuse_anothers_address(cleaned["slug"])
        return cleaned

    def is_for_us_to_make(self, slug: str, title: str) -> bool:
        """Left empty, or what the browser proposes for a new page while the title is typed: nobody insists on that one."""
        longest = self.fields["slug"].max_length  # type: ignore[attr-defined]
        return not slug or (not self.instance.pk and slug == slugify(title, allow_unicode=True)[:longest])

    def refuse_anothers_address(self, slug: str) -> None:
        try:
            refuse_anothers(self._meta.model(pk=self.instance.pk, slug=slug))
        except ValidationError as refusal:
            self.add_error("slug", refusal)


class TagsField(forms.CharField):
    """Tag names with commas between them. A name that has a comma itself stands in double quotes."""

    widget = AdminTextInputWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 5000} | kwargs)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        names = [str(tag) for tag in value]
        return ", ".join(f'"{name}"' if "," in name else name for name in names)

    def clean(self, value: Any) -> list[str]:
        rows = list(csv.reader([super().clean(value).replace("\n", ",")], skipinitialspace=True))
        names: dict[str, str] = {}
        for name in (" ".join(word.split()) for word in (rows[0] if rows else [])):
            if name:
                names.setdefault(name.lower(), tag_name(name))
        return list(names.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return {str(tag).lower() for tag in initial or []} != {name.lower() for name in self.clean(data)}
        except ValidationError:
            return True


def tag_name(name: str) -> str:
    if len(name) > 100:
        raise ValidationError(f"“{name[:40]}…” is too long for a tag: 100 characters are the most.")
    if not slugify(name, allow_unicode=True):
        raise ValidationError(f"“{name}” cannot be a tag: it needs at least one letter or digit for its address.")
    return name


class PictureField(forms.FileField):
    """An upload that was decoded: its clean value is an images.Checked, or None."""

    widget = forms.FileInput(attrs={"accept": PICTURES})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return images.check(upload) if upload else None
