from typing import Any

from django import forms
from django.contrib import admin

from campaigns.models import EntityText, LegalEntity


class Texts(admin.StackedInline):
    model = EntityText
    extra = 0
    verbose_name = "text on receipts"
    verbose_name_plural = "texts on receipts"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "country":
            field.widget.attrs["size"] = 3
        return field


@admin.register(LegalEntity)
class LegalEntityAdmin(admin.ModelAdmin):
    """Who issues receipts. Most newsrooms have one."""

    list_display = ["__str__", "registration", "country", "prefix", "years_kept"]
    fields = ["name", "address", "registration", "country", "prefix", "signature", "years_kept"]
    inlines = [Texts]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in {"address", "signature"}:
            field.widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return field
