"""The people who sign in. The stock form, in plain words, without what an Administrator must not hand out."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from newsroom.auditing import Audited, AuditEntryAdmin
from newsroom.people import factors, looking_after, noting, sessions
from newsroom.people.desk import PeoplePages
from newsroom.people.forms import GroupsField

__all__ = ["AuditEntryAdmin", "PersonAdmin"]


class PersonAdmin(Audited, PeoplePages, UserAdmin):
    """Administrators look after people; who may do everything (superusers) is for superusers alone."""

    list_display = ["username", "full_name", "may", "is_active", "second_factor", "signed_in", "last_here", "email"]
    list_filter = ["groups", "is_active"]
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        here = sessions.alive(timezone.now()).filter(user=OuterRef("pk")).order_by().values("user")
        number = Subquery(here.annotate(number=Count("pk")).values("number"))
        people = super().get_queryset(request).prefetch_related("groups")
        return people.annotate(has_factor=factors.of_each(), places=Coalesce(number, 0))

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
        """Nobody shuts themselves out."""
        own = ["is_active", "is_staff"] if obj is not None and obj.pk == request.user.pk else []
        return ["last_login", "date_joined", *own]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            help_text = "A person may be in several."
            return GroupsField(
                Group.objects.order_by("pk"), widget=forms.CheckboxSelectMultiple, required=False, help_text=help_text
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    unaudited = {"password1", "password2", "usable_password", "is_active"}  # the last has deeds of its own

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
            return
        lets_in, obj.is_active = obj.is_active, User.objects.get(pk=obj.pk).is_active
        super().save_model(request, obj, form, change)
        verb = looking_after.reinstate if lets_in else looking_after.suspend
        verb(obj, by=cast(User, request.user), at=timezone.now())
        obj.is_active = lets_in

    def told(self, form: Any, touched: list[str]) -> str:
        groups = ", ".join(group.name for group in form.cleaned_data.get("groups") or [])
        return ", ".join(f"groups: {groups or 'none'}" if name == "groups" else name for name in touched)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Set by an administrator: the person hears of it by mail, and is signed out everywhere."""
        with transaction.atomic():
            former = User.objects.filter(pk=id).values_list("password", flat=True).first() if id.isdecimal() else None
            response = super().user_change_password(request, id, form_url)
            person = User.objects.filter(pk=id).first() if former is not None else None
            if person is not None and person.password != former:
                noting.note(person, "password_changed", by=request.user, at=timezone.now())  # type: ignore[arg-type]
                if person != request.user:
                    sessions.end(person)
        return response

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._within_reach(request, obj) and obj != request.user

    def _within_reach(self, request: HttpRequest, obj: User | None) -> bool:
        return request.user.is_superuser or obj is None or not obj.is_superuser

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="Second factor", boolean=True, ordering="has_factor")
    def second_factor(self, user: User) -> bool:
        return bool(user.has_factor)  # type: ignore[attr-defined]

    @admin.display(description="Signed in at", ordering="places", empty_value="")
    def signed_in(self, user: User) -> str:
        number = user.places  # type: ignore[attr-defined]
        return f"{number} browser{'s' * (number > 1)}" if number else ""

    @admin.display(description="Last sign-in", ordering="last_login", empty_value="Never")
    def last_here(self, user: User) -> str | None:
        return date_format(timezone.localtime(user.last_login), "j M Y, H:i") if user.last_login else None

    @admin.display(description="May")
    def may(self, user: User) -> str:
        return "everything" if user.is_superuser else ", ".join(group.name for group in user.groups.all())


# Importing the stock admin above registered the stock class.
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
admin.site.unregister(Group)


@admin.register(Group)
class GroupOfPeopleAdmin(Audited, GroupAdmin):
    """Changed by superusers alone; others look at what a group may do."""
