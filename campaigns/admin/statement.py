"""Year statements, and making them in bulk with their progress."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaigns import statements
from campaigns.admin.looks import Looked
from campaigns.admin.reading import Read, may
from campaigns.models import LegalEntity, StatementRun, StatementVersion, YearStatement
from newsroom import audit


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=2000, max_value=9999, help_text="A year that is over.")
    entity = forms.ModelChoiceField(LegalEntity.objects.all(), label="Legal entity", empty_label=None)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year >= statements.this_year(timezone.now()):
            raise forms.ValidationError("Wait until the year is over: gifts may still come.")
        return year


@admin.register(YearStatement)
class YearStatementAdmin(Looked, Read):
    list_display = ["donor", "year", "entity", "mailed_at"]
    list_filter = ["year", "entity"]
    list_select_related = ["donor", "entity"]
    search_fields = ["donor__name", "donor__email"]
    fields = ["donor", "year", "entity", "mailed_at"]
    change_form_template = "admin/campaigns/yearstatement/change_form.html"
    change_list_template = "admin/campaigns/yearstatement/change_list.html"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        context["versions"] = context["original"].versions.select_related("by").defer("contents")
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"may_make": self._may(request)})

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_yearstatement_{name}")

        return [
            page("make/", self.make_view, "make"),
            page("<int:pk>/version-<int:number>.pdf", self.paper_view, "paper"),
            *super().get_urls(),
        ]

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Start the statements of a year, and lead to their progress."""
        if not self._may(request):
            raise PermissionDenied("You may not make statements.")
        first = {"year": statements.this_year(timezone.now()) - 1, "entity": LegalEntity.objects.first()}
        form = YearForm(request.POST or None, initial=first)
        if request.method == "POST" and form.is_valid():
            run = statements.start(**form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
            self.message_user(request, "Begun. The statements are made and mailed by the worker.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:campaigns_statementrun_change", args=[run.pk]))
        about = {"title": "Make the statements of a year", "form": form, "button": "Make and mail them", "opts": self.opts}
        context = {**self.admin_site.each_context(request), **about}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/campaigns/deed.html", context, status=status)

    def paper_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not look at statements.")
        version = get_object_or_404(StatementVersion.objects.select_related("statement"), statement=pk, version=number)
        audit.record(request.user, audit.LOOKED, version.statement, detail=f"version {number} downloaded")
        headers = {"Content-Disposition": f'attachment; filename="{version.statement.year}-{pk}.pdf"'}
        headers["Cache-Control"] = "private, no-store"
        return HttpResponse(statements.paper(version), content_type="application/pdf", headers=headers)

    def _may(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")


@admin.register(StatementRun)
class StatementRunAdmin(Read):
    """How far statements in bulk are. The page is fetched again by a link: it needs no script."""

    list_display = ["__str__", "entity", "by", "started_at", "finished_at", "progress"]
    list_select_related = ["entity", "by"]
    fields = ["year", "entity", "by", "started_at", "finished_at", "progress", "made", "corrected", "unchanged"]
    fields += ["without_address", "failed", "problem"]
    readonly_fields = ["progress"]
    change_form_template = "admin/campaigns/statementrun/change_form.html"

    @admin.display(description="Progress")
    def progress(self, run: StatementRun) -> str:
        return f"{run.done:,} of {run.donors:,} donors"
