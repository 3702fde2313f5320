"""Forms of sections, tags and former addresses."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.exceptions import ValidationError
from django.db.models import Case, When

from articles import tagging
from articles.fields import SlugFromTitle, TagsField, tag_name
from articles.models import FormerAddress, Section, Tag
from articles.readdressing import page_at


class SectionRow(forms.ModelForm):
    """A section's line in the list. The table names its columns, not its boxes."""

    class Meta:
        model = Section
        fields = ["position", "in_navigation"]
        widgets = {
            "position": AdminIntegerFieldWidget(attrs={"aria-label": "Position"}),
            "in_navigation": forms.CheckboxInput(attrs={"aria-label": "In the navigation"}),
        }


class TogetherField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (on {obj.together} articles too)"


class TagForm(SlugFromTitle):
    synonyms = TagsField(
        required=False,
        help_text="Other names, with commas between them. Who types one of them means this tag; so does an import.",
    )
    often = TogetherField(
        Tag.objects.none(),
        required=False,
        label="Often beside it",
        widget=forms.CheckboxSelectMultiple,
        help_text="On the same articles lately. Tick those that should be related.",
    )

    class Meta:
        model = Tag
        fields = ["name", "slug", "description", "image", "related"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        together = getattr(self.instance, "together_found", [])  # the desk asks
        if self.instance.pk:
            self.initial["synonyms"] = list(self.instance.synonyms.values_list("name", flat=True))
        if together:
            field: Any = self.fields["often"]
            numbers = {tag.pk: number for tag, number in together}
            whens = [When(pk=pk, then=number) for pk, number in numbers.items()]
            field.queryset = Tag.objects.filter(pk__in=numbers).annotate(together=Case(*whens)).order_by("-together", "name")
        else:
            self.fields.pop("often", None)

    def clean_name(self) -> str:
        name = tag_name(" ".join(self.cleaned_data["name"].split()))
        tagging.refuse_twin(name, other_than=self.instance if self.instance.pk else None)
        return name

    def clean_synonyms(self) -> list[str]:
        names: list[str] = self.cleaned_data["synonyms"]
        for name in names:
            tagging.refuse_twin(name, other_than=self.instance if self.instance.pk else None)
        return names

    def clean_related(self) -> Any:
        related = self.cleaned_data["related"]
        if self.instance.pk and self.instance in related:
            raise ValidationError("A tag is not related to itself.")
        return related


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Tag.objects.none(), label="Merge into", empty_label=None)

    def __init__(self, tags: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = tags  # type: ignore[attr-defined]


class FormerAddressForm(forms.ModelForm):
    class Meta:
        model = FormerAddress
        fields = ["path", "article", "tag", "section", "author"]

    def validate_constraints(self) -> None:
        """Said in plain words by the two methods below."""

    def clean_path(self) -> str:
        path = self.cleaned_data["path"].strip()
        if not path.startswith("/"):
            raise ValidationError("Begin with a slash: the address without “https://” and the site’s name.")
        if page := page_at(path):
            raise ValidationError(f"This is the address of {page._meta.verbose_name} “{page}” today: it would lead to itself.")
        return path

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if sum(bool(cleaned.get(name)) for name in ("article", "tag", "section", "author")) != 1:
            raise ValidationError("Choose exactly one page that this address should lead to.")
        return cleaned
