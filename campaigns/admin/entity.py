from typing import Any

from django import forms
from django.contrib import admin

from campaigns.models import Campaign, EntityText, LegalEntity


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


class EntityForm(forms.ModelForm):
    """A campaign always belongs to one entity: it is taken over by another, never left without."""

    campaigns = forms.ModelMultipleChoiceField(
        Campaign.objects.order_by("-starts_at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whose gifts go to this entity from now on. To take a campaign away, choose it at another entity.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "campaigns" in self.fields:
            self.initial["campaigns"] = list(self.instance.campaigns.values_list("pk", flat=True))


@admin.register(LegalEntity)
class LegalEntityAdmin(admin.ModelAdmin):
    """Who issues receipts. Most newsrooms have one."""

    form = EntityForm
    list_display = ["__str__", "registration", "country", "prefix", "years_kept"]
    fields = ["name", "address", "registration", "country", "prefix", "signature", "years_kept", "campaigns"]
    inlines = [Texts]

    def save_model(self, request: Any, obj: LegalEntity, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        form.cleaned_data["campaigns"].update(entity=obj)  # no reader sees it: nothing is touched

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in {"address", "signature"}:
            field.widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return field
