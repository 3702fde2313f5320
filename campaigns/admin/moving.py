"""Moving in: a file is uploaded, its columns are chosen, it is tried, and the worker imports it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaigns import movings, tables, taking_over
from campaigns.admin.reading import Read, may
from campaigns.models import Campaign, MoveIn
from campaigns.moving import reading, systems
from campaigns.moving.figures import Figures, either
from newsroom import audit, money

Status = MoveIn.Status
NOBODY = "– not in this file –"
SAMPLES = 3


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label="What is in it", choices=MoveIn.Kind)
    system = forms.ChoiceField(
        label="Where it comes from", required=False, choices=[("", "Look at its columns"), *systems.NAMES.items()]
    )
    file = forms.FileField(
        label="File", help_text="The export as CSV, as it was downloaded. Bring Stripe's payments before anything else."
    )


class ColumnsForm(forms.Form):
    """A choice for each field: which column it is read from."""

    campaign = forms.ModelChoiceField(Campaign.objects.all(), required=False, label="Campaign", empty_label="Before we moved")
    currency = forms.CharField(
        max_length=3, required=False, label="Currency", help_text="Where the lines name none, for example EUR."
    )
    days = forms.ChoiceField(
        required=False, label="Days are written", choices=[("", "Look at them"), *((order, order) for order in tables.DATES)]
    )

    def __init__(self, data: Any, *, system: systems.System, header: tuple[str, ...], rows: list[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if system.kind == MoveIn.Kind.PLEDGES:
            self.fields["campaign"].required = True
            self.fields["campaign"].help_text = "What these donors give to from now on."
        else:
            told = "Its total counts these gifts. “Before we moved” is a campaign of their own that nobody sees."
            self.fields["campaign"].help_text = told
        self.system = system
        columns = [("", NOBODY), *((str(number), _column(number, name, rows)) for number, name in enumerate(header))]
        for name in system.fields:
            needed = name in system.needs
            self.fields[f"of_{name}"] = forms.ChoiceField(label=systems.LABELS[name], choices=columns, required=needed)

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].upper()
        if code and code not in money.TENDER:
            raise ValidationError("Use the three-letter code of a currency, for example EUR.")
        return code

    def columns(self) -> dict[str, int]:
        chosen = {name: self.cleaned_data[f"of_{name}"] for name in self.system.fields}
        return {name: int(column) for name, column in chosen.items() if column}


def _column(number: int, name: str, rows: list[Any]) -> str:
    """The column's name with what stands in it: “Total: 25.00, 10.00”."""
    found = dict.fromkeys(row[number][:30] for row in rows if row[number])
    return f"{name or f'Column {number + 1}'}{': ' if found else ''}{', '.join(list(found)[:SAMPLES])}"


@admin.register(MoveIn)
class MoveInAdmin(Read):
    list_display = ["name", "kind", "from_", "status", "made_by", "made_at"]
    list_select_related = ["made_by"]
    change_list_template = "admin/campaigns/movein/change_list.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and may(request, "campaigns.record_donation")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MoveIn]:
        return super().get_queryset(request).defer("tried", "told", "columns")

    @admin.display(description="From")
    def from_(self, move_in: MoveIn) -> str:
        return systems.NAMES.get(move_in.system, move_in.system)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_movein_{name}")

        return [
            page("upload/", self.upload_view, "upload"),
            page("start/", self.start_view, "start"),
            page("<int:pk>/columns/", self.columns_view, "columns"),
            page("<int:pk>/import/", self.import_view, "import"),
            page("<int:pk>/change/", self.state_view, "change"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        waiting = taking_over.counted() if self.has_view_permission(request) else {}
        return super().changelist_view(request, (extra_context or {}) | {"waiting": waiting})

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        self._allow(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("kind", "system")}
            file = form.cleaned_data["file"]
            try:
                move_in = movings.upload(file.chunks(), name=file.name, by=request.user, at=timezone.now(), **told)  # type: ignore[arg-type]
                return HttpResponseRedirect(reverse("admin:campaigns_movein_columns", args=[move_in.pk]))
            except ValidationError as refusal:
                form.add_error("file", refusal)
        return self._page(request, "upload", form=form, title="Import from another system")

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is read from which column. Sent: the trial begins."""
        move_in = self._found(request, pk)
        if move_in.is_working or move_in.rows_done or move_in.status == Status.DONE:
            return self._to(move_in)
        form = self._columns_form(request, move_in)
        audit.record(request.user, audit.LOOKED, move_in, detail="columns")
        if request.method == "POST" and form.is_valid():
            told = {name: form.cleaned_data[name] for name in ("days", "currency", "campaign")}
            try:
                movings.try_it(move_in, columns=form.columns(), by=request.user, at=timezone.now(), **told)  # type: ignore[arg-type]
                return self._to(move_in)
            except ValidationError as refusal:
                form.add_error(None, refusal)
        return self._page(request, "columns", form=form, move_in=move_in, title=f"Columns of {move_in}")

    def _columns_form(self, request: HttpRequest, move_in: MoveIn) -> ColumnsForm:
        source = reading.source(reading.of_row(move_in))
        rows = []
        for _, row in source.rows():
            if not isinstance(row, reading.Broken):
                rows.append(row)
            if len(rows) == SAMPLES:
                break
        known = {"currency": move_in.currency, "days": move_in.days, "campaign": move_in.campaign_id}
        initial = known | {f"of_{name}": str(column) for name, column in move_in.columns.items()}
        system = systems.get(move_in.system, move_in.kind)
        return ColumnsForm(request.POST or None, system=system, header=source.header, rows=rows, initial=initial)

    def state_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How it stands: what the trial found, how far the import is, what it did."""
        move_in = self._found(request, pk)
        trial = move_in.status in {Status.UPLOADED, Status.TRYING, Status.TRIED} or not move_in.told
        figures = Figures.of_json(move_in.tried if trial else move_in.told)
        whole = Figures.of_json(move_in.tried).rows
        lines = [] if move_in.is_working else figures.lines  # a page that comes again by itself would be a look each time
        if lines:
            audit.record(request.user, audit.LOOKED, move_in, detail="lines that could not be read")
        context = {
            "move_in": move_in,
            "told": figures.in_words(trial=trial) if figures.rows else [],
            "lines": lines,
            "more": figures.more,
            "trial": trial,
            "done": figures.rows,
            "whole": whole,
            "waiting": taking_over.counted(),
        }
        response = self._page(request, "state", title=str(move_in), **context)
        if move_in.is_working:
            response.headers["Refresh"] = "3"  # works without scripts
        return response

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        move_in = self._found(request, pk)
        if request.method == "POST":
            movings.import_it(move_in, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._to(move_in)

    def start_view(self, request: HttpRequest) -> HttpResponse:
        """Collect the imported regular gifts, once their old system is off."""
        self._allow(request)
        if request.method == "POST":
            try:
                is_off = request.POST.get("old_is_off") == "yes"
                active, stranded = taking_over.start(old_is_off=is_off, by=request.user, at=timezone.now())  # type: ignore[arg-type]
                told = (
                    f"{active} {either(active, 'is collected from its', 'are collected from their')} next day on;"
                    f" {len(stranded)} {either(len(stranded), 'needs', 'need')} a new way to pay."
                )
                self.message_user(request, told, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:campaigns_movein_changelist"))
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        return self._page(request, "start", title="Start imported regular gifts", waiting=taking_over.counted())

    def _allow(self, request: HttpRequest) -> None:
        if not (may(request, "campaigns.add_movein") and may(request, "campaigns.record_donation")):
            raise PermissionDenied("You may not import gifts.")

    def _found(self, request: HttpRequest, pk: int) -> MoveIn:
        self._allow(request)
        return get_object_or_404(MoveIn, pk=pk)

    def _to(self, move_in: MoveIn) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:campaigns_movein_change", args=[move_in.pk]))

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, f"admin/campaigns/movein/{name}.html", context).render()
