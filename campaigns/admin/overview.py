"""The fundraisers' page: what came in, what stays, what will come; and the files to take along."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from campaigns import overview, processors
from campaigns.admin.reading import may
from campaigns.exporting import MOST_ROWS, TABLES, Chosen, Table, as_csv, as_xlsx
from campaigns.models import Campaign
from campaigns.overview import Period
from campaigns.overview.figures import FEW
from campaigns.overview.periods import MOST_YEARS
from newsroom import audit

SEES = "campaigns.view_ledgerentry"
EXPORTS = "campaigns.record_donation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOUNDS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2200, 12, 31))]


def a_day(label: str, *, required: bool) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], validators=BOUNDS)


class SpanForm(forms.Form):
    """Days by the newsroom's calendar, both ends within."""

    first = a_day("From", required=False)
    last = a_day("To", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day comes before the first one.")
        elif first and last and (last - first).days > MOST_YEARS * 366:
            self.add_error("first", f"Choose {MOST_YEARS} years at the most.")
        return values


class PeriodForm(SpanForm):
    span = forms.ChoiceField(
        label="Time",
        required=False,
        choices=[("30", "Last 30 days"), ("year", "This year"), ("own", "From … to …")],
        widget=forms.RadioSelect,
    )
    field_order = ["span", "first", "last"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in ("first", "last"):
            if values.get("span") == "own" and not values.get(name) and name not in self.errors:
                self.add_error(name, "Choose a day.")
        return values

    def period(self, *, today: date) -> Period:
        """The last 30 days where nothing better was chosen."""
        span = self.cleaned_data.get("span") if self.is_valid() else ""
        if span == "own":
            return Period(self.cleaned_data["first"], self.cleaned_data["last"])
        return Period.year(today=today) if span == "year" else Period.days(30, today=today)


class ExportForm(SpanForm):
    what = forms.ChoiceField(choices=[(table.name, table.label) for table in TABLES.values()])
    campaign = forms.ModelChoiceField(Campaign.objects.only("title").order_by("-pk"), required=False, empty_label="All campaigns")
    kind = forms.ChoiceField(label="As", choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")])
    first, last = a_day("From", required=True), a_day("To", required=True)
    field_order = ["what", "campaign", "first", "last", "kind"]

    @property
    def table(self) -> Table:
        return TABLES[self.cleaned_data["what"]]

    @property
    def chosen(self) -> Chosen:
        values, campaign = self.cleaned_data, self.cleaned_data["campaign"]
        return Chosen(Period(values["first"], values["last"]), campaign.pk if campaign else None)


def overview_view(request: HttpRequest) -> HttpResponse:
    if not may(request, SEES):
        raise PermissionDenied("You may not see what donors gave.")
    return _page(request, PeriodForm(request.GET or {"span": "30"}))


def _page(request: HttpRequest, form: PeriodForm, *, export: ExportForm | None = None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    period = form.period(today=today)
    context = {
        **admin.site.each_context(request),
        "title": "Giving at a glance",
        "form": form,
        "period": period,
        "sheets": overview.sheets(period),
        "cohorts": overview.cohorts(today=today),
        "after": overview.AFTER,
        "expected": overview.expected(today=today),
        "next_month": overview.next_month(today),
        "few": FEW,
        "names": processors.labels(),
        "export": export or (ExportForm(initial={"first": period.first, "last": period.last}) if may(request, EXPORTS) else None),
    }
    return TemplateResponse(request, "admin/campaigns/overview.html", context, status=status)


def export_view(request: HttpRequest) -> HttpResponseBase:
    """The file. That somebody took it is written down before its first byte leaves."""
    if not may(request, EXPORTS):
        raise PermissionDenied("You may not take donors' records along.")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = ExportForm(request.POST)
    if form.is_valid() and not may(request, form.table.permission):
        raise PermissionDenied("You may not see these records.")
    if form.is_valid() and form.cleaned_data["kind"] == "xlsx":
        _refuse_too_many(form)
    if not form.is_valid():
        return _page(request, PeriodForm({"span": "30"}), export=form, status=422)
    return _file(request, form)


def _refuse_too_many(form: ExportForm) -> None:
    if form.table.count(form.chosen, most=MOST_ROWS + 1) > MOST_ROWS:
        form.add_error("kind", f"These are more than {MOST_ROWS:,} rows. Choose CSV, which has no such limit, or a shorter time.")


def _file(request: HttpRequest, form: ExportForm) -> HttpResponseBase:
    table, chosen, kind = form.table, form.chosen, form.cleaned_data["kind"]
    of = f"campaign {chosen.campaign}" if chosen.campaign else "all campaigns"
    detail = f"{table.label}, {chosen.period.first} to {chosen.period.last}, {of}, {kind.upper()}"
    audit.record(request.user, audit.EXPORTED, table.model._meta.label_lower, detail=detail)
    name = f"{table.name}-{chosen.period.first}-{chosen.period.last}.{kind}"
    if kind == "xlsx":
        file = as_xlsx(table.label, table.headings, table.lines(chosen))
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response = StreamingHttpResponse(as_csv(table.headings, table.lines(chosen)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
