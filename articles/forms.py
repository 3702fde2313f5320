"""What editors type, checked. Nothing here changes a status: the buttons under a form call articles/publishing.py."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS

from articles import contents, drafting, images, merging, synonyms
from articles.bylines import bylines_of
from articles.contents import Content
from articles.fields import PictureField, SlugFromTitle, TagsField
from articles.merging import Merge
from articles.models import Article
from articles.planning import PlanningFields


class PictureFields(forms.Form):
    """A lead picture, chosen or new, and what is said about it. Fields that nobody touched change nothing."""

    picture = PictureField(label="New picture", required=False, help_text="JPEG, PNG, WebP, AVIF or GIF, up to 25 MB.")
    picture_alt = forms.CharField(
        label="Alternative text",
        required=False,
        max_length=500,
        widget=AdminTextInputWidget,
        help_text="What a reader who cannot see the picture should be told. One sentence.",
    )
    picture_caption = forms.CharField(label="Caption", required=False, widget=AdminTextareaWidget(attrs={"rows": 2}))
    picture_credit = forms.CharField(label="Credit", required=False, max_length=200, widget=AdminTextInputWidget)
    picture_focal_x = forms.IntegerField(
        label="Focal point, from the left (%)", required=False, min_value=0, max_value=100, initial=50
    )
    picture_focal_y = forms.IntegerField(
        label="Focal point, from the top (%)", required=False, min_value=0, max_value=100, initial=50
    )


ABOUT = ("alt", "caption", "credit", "focal_x", "focal_y")

THEIRS = "theirs"  # names of fields whose other version was chosen

MEANWHILE = "Somebody else saved this article while you wrote. Nothing is lost: look at what is below, then save again."


class ArticleForm(PictureFields, PlanningFields, SlugFromTitle):
    """An article's text. It is kept as a `Content`, not by `save`: of a published article readers see nothing of it yet."""

    titled_by = "headline"
    by: User | None = None  # who types; the desk says so

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    tags = TagsField(required=False, help_text="Separate tags with commas. A tag that is not there yet is made.")
    note = forms.CharField(
        label="What is new",
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="A few words for colleagues. Kept with this version.",
    )

    class Meta:
        model = Article
        fields = [
            *("headline", "slug", "standfirst", "summary", "body", "lead_image", "section", "tags", "language"),
            *("source_outlet", "source_author", "source_url", "source_licence", "without_appeal"),
        ]
        widgets = {"headline": AdminTextareaWidget(attrs={"rows": 2})}
        error_messages = {"slug": {"unique": "Another article has this address. Choose another one, or leave it empty."}}
        labels = {"body": "Text", "lead_image": "From the library", "slug": "Address"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merge: Merge | None = None
        self.drafted: Content = getattr(self.instance, "drafted", None) or self._drafted()
        self.initial.update(version=self.instance.version, key=uuid4())
        if self.instance.pk:
            self.initial["tags"] = list(self.drafted.tags)
        self.bylines = bylines_of(self.drafted.authors, self.data if self.is_bound else None, by=self.by)
        self.plan()
        if self.instance.lead_image:
            for name in ABOUT:
                self.initial.setdefault(f"picture_{name}", getattr(self.instance.lead_image, name))

    def _drafted(self) -> Content:
        return drafting.current(self.instance) if self.instance.pk else Content()

    def is_valid(self) -> bool:
        return super().is_valid() and self.bylines.is_valid()

    def content(self) -> Content:
        """What was typed, with the fields of somebody else that were chosen instead. The picture is the one that
        `keep_picture` put there, if it did."""
        words = {name: getattr(self.instance, name) for name in contents.WORDS}
        typed = Content(
            **words,
            lead_image=self.instance.lead_image_id,
            section=self.instance.section_id,
            without_appeal=self.instance.without_appeal,
            authors=self.bylines.authors(),
            tags=tuple(self.cleaned_data.get("tags") or ()),
        )
        chosen = set(self.data.getlist(THEIRS)) & contents.LABELS.keys()  # type: ignore[attr-defined]
        return typed.with_changes(**{name: getattr(self.drafted, name) for name in chosen})

    def clean_tags(self) -> list[str]:
        """A synonym means its tag."""
        return synonyms.standing(self.cleaned_data["tags"])

    def clean_headline(self) -> str:
        return " ".join(self.cleaned_data["headline"].split())  # it is typed into a box that takes line ends

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        about_picture = [name for name in self.changed_data if name.startswith("picture_")]
        if about_picture and not cleaned.get("picture") and not cleaned.get("lead_image") and "picture" not in self.errors:
            self.add_error("picture", "You described a picture, but there is none. Choose one or send one.")
        self.refuse_words_that_readers_see(cleaned)
        self.refuse_buttons_without_their_field(cleaned)
        if self.errors and cleaned.get("picture"):
            self.add_error("picture", "The picture is fine, but a browser does not keep it: choose it once more.")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook after a model form's fields are on the instance
        began = self.cleaned_data.get("version")
        if self.instance.pk and began is not None and began != self.instance.version and self.bylines.is_valid():
            self.offer_merge(began)

    def offer_merge(self, began: int) -> None:
        """Somebody saved meanwhile: the form comes back with both texts in it, and what clashes is for a person to choose."""
        merge = merging.merge(drafting.begun_from(self.instance, began), self.content(), self.drafted)
        if merge.merged == merge.theirs:
            return  # they typed the same
        self.merge = merge
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data.pop(THEIRS, None)
        columns = {name: getattr(merge.merged, name) for name in contents.COLUMNS if name not in self.errors}  # else as typed
        for name, value in columns.items():
            data[name] = "" if value in (None, False) else str(value)
        if "tags" not in self.errors:
            data["tags"] = self.fields["tags"].prepare_value(list(merge.merged.tags))
        data["version"] = str(self.instance.version)
        for name in [name for name in data if name.startswith("bylines-")]:
            del data[name]
        self.data, self.bylines = data, bylines_of(merge.merged.authors, None, by=self.by)
        self.add_error(None, MEANWHILE)

    def take_up(self, typed: Any) -> None:
        """Fill an empty form with what was typed before (a QueryDict) and kept. A field that it does not know stays as it is.
        Nothing is refused yet, but where somebody saved meanwhile both texts are put together."""
        typed = typed.copy()
        for name in self.fields:
            if name not in typed and not isinstance(self.fields[name], forms.BooleanField | forms.FileField):
                value = self[name].value()
                typed[name] = "" if value is None else str(value)
        self.data, self.is_bound = typed, True
        self.bylines = bylines_of(self.drafted.authors, typed, by=self.by)

    def forgive(self) -> None:
        """Of words that are only shown again nothing is wrong yet."""
        for name in list(self.errors):
            if name != NON_FIELD_ERRORS or self.merge is None:
                del self.errors[name]

    def refuse_words_that_readers_see(self, cleaned: dict[str, Any]) -> None:
        chosen, about = cleaned.get("lead_image"), self.about_picture()
        new = images.news(chosen, about) if chosen and not cleaned.get("picture") else {}
        if chosen and new and not images.may_describe(chosen, by=self.by):
            self.add_error(f"picture_{next(iter(new))}", images.READERS_SEE_IT)

    def about_picture(self) -> dict[str, Any]:
        """What the person wrote about the picture now: only fields they touched, for what they saw was the former one."""
        changed = {name: self.cleaned_data.get(f"picture_{name}") for name in ABOUT if f"picture_{name}" in self.changed_data}
        return {name: value for name, value in changed.items() if value is not None}

    def keep_picture(self) -> None:
        """Put a new picture into the library and lead with it; else correct what is said about the chosen one."""
        about = self.about_picture()
        if checked := self.cleaned_data.get("picture"):
            self.instance.lead_image = images.store(checked, by=self.by, **about)
        elif about and self.instance.lead_image:
            images.describe(self.instance.lead_image, by=self.by, **about)
