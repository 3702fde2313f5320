from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest

from articles import publishing
from articles.models import Article, Byline


class BylineForm(forms.ModelForm):
    position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "desk-position", "aria-label": "Position"}),
    )

    class Meta:
        model = Byline
        fields = ["author", "position"]


class BylineFormSet(forms.BaseInlineFormSet):
    """A byline without a position comes last."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:  # the stock table names its columns, not its boxes
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete this byline"
        if "author" in form.fields:
            widget = form.fields["author"].widget
            getattr(widget, "widget", widget).attrs["aria-label"] = "Author"

    def clean(self) -> None:
        super().clean()
        live = [form for form in self.forms if getattr(form, "cleaned_data", None) and form.cleaned_data.get("author")]
        last = max((form.cleaned_data.get("position") or 0 for form in live), default=0)
        for form in live:
            if form.cleaned_data.get("position") is None:
                last += 1
                form.instance.position = form.cleaned_data["position"] = last


class BylineInline(admin.TabularInline):
    model = Byline
    form = BylineForm
    formset = BylineFormSet
    fields = ["author", "position"]
    autocomplete_fields = ["author"]
    extra = 1
    verbose_name_plural = "bylines"
    classes = ["desk-bylines"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("author")

    def get_extra(self, request: HttpRequest, obj: Article | None = None, **kwargs: Any) -> int:
        return 0 if obj and obj.bylines.exists() else 1

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):  # a new author can be added, no more
            for deed in ("change", "delete", "view"):
                setattr(field.widget, f"can_{deed}_related", False)
        return field

    # Who may write the article may say who signs it.

    def has_add_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return self._may(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def _may(self, request: HttpRequest, obj: Article | None) -> bool:
        if obj is None:
            return request.user.has_perm("articles.add_article")
        return publishing.may_change(request.user, obj)  # type: ignore[arg-type]
