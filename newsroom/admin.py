"""The people who sign in. The stock form, in plain words, without what an Administrator must not hand out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.http import HttpRequest

from newsroom.auditing import AuditEntryAdmin

__all__ = ["AuditEntryAdmin", "PersonAdmin"]

WHAT_GROUPS_DO = {
    "Writer": "writes articles and hands them in; sees only their own",
    "Editor": "changes, publishes and withdraws every article; keeps pictures, tags, sections and authors",
    "Fundraiser": "runs campaigns; sees donors, gifts and receipts",
    "Administrator": "may do all of that, and look after people",
}


class GroupsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: models.Model) -> str:
        name = str(obj)
        return f"{name}: {WHAT_GROUPS_DO[name]}" if name in WHAT_GROUPS_DO else name


class PersonAdmin(UserAdmin):
    """Administrators look after people; who may do everything (superusers) is for superusers alone."""

    list_display = ["username", "full_name", "email", "may", "is_active"]
    list_filter = ["groups", "is_active"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        may = ["is_active", "is_staff", "groups"]
        if request.user.is_superuser:
            may += ["is_superuser", "user_permissions"]
        return [
            (None, {"fields": ["username", "password"]}),
            ("Who it is", {"fields": ["first_name", "last_name", "email"]}),
            ("What this person may do", {"fields": may}),
            ("Dates", {"fields": ["last_login", "date_joined"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return ["last_login", "date_joined"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            help_text = "A person may be in several."
            return GroupsField(
                Group.objects.order_by("pk"), widget=forms.CheckboxSelectMultiple, required=False, help_text=help_text
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "is_staff":
            field.label, field.help_text = "May open the desk", "Without this a sign-in leads nowhere."
        if field and db_field.name == "is_active":
            field.label, field.help_text = (
                "May sign in",
                "Take this away instead of deleting somebody: their work keeps their name.",
            )
        return field

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True  # whoever is added here is added to open the desk
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._within_reach(request, obj) and obj != request.user

    def _within_reach(self, request: HttpRequest, obj: User | None) -> bool:
        return request.user.is_superuser or obj is None or not obj.is_superuser

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="May")
    def may(self, user: User) -> str:
        return "everything" if user.is_superuser else ", ".join(group.name for group in user.groups.all())


# Importing the stock admin above registered the stock class.
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
