"""Bank statements: uploaded, matched with promises, and recorded line by line by a person."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaigns import banking, tables
from campaigns.admin.reading import Read, may
from campaigns.banking import Columns, Kept, Match
from campaigns.forms import whole
from campaigns.models import BankLine, BankStatement, Campaign, Donation
from campaigns.moving.figures import either, many
from newsroom import audit, money

LINES = 100
COLUMNS = ("day", "amount", "payer", "text", "currency", "debit", "sign")
KEPT = 2 * 1024 * 1024  # of a compressed file, in a form's hidden field
Status = BankLine.Status


class StatementForm(forms.Form):
    """A file; and, where its header tells too little, which column is what. The file travels along then."""

    file = forms.FileField(required=False, help_text="CSV, as your bank exports it.", allow_empty_file=True)
    currency = forms.CharField(
        label="Currency of the account", max_length=3, initial="EUR", help_text="Where the file does not say."
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    order = forms.ChoiceField(
        required=False, label="Days are written", choices=[("", "Find out"), *[(order, order) for order in tables.DATES]]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table: tables.Table | None = None
        self.columns: Columns | None = None

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code not in money.TENDER:
            raise forms.ValidationError("Use a three-letter currency code, for example EUR.")
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        data = self._file(values)
        if data is None:
            self.add_error("file", "Choose the file that your bank exported.")
            return values
        try:
            self.table = banking.read(data)
            self.columns = self._columns(self.table, values.get("order") or "")
        except tables.Ambiguous as error:
            self._keep(data, values)
            self.add_error("order", str(error))
            return values
        except tables.Unreadable as error:
            self.add_error("file", str(error))
            return values
        self._keep(data, values)
        if self.columns is None:
            self.add_error(None, "The header does not say which column is what. Choose at least the day and the amount.")
        return values

    def _file(self, values: dict[str, Any]) -> bytes | None:
        upload = values.get("file")
        if upload:
            values["name"] = upload.name
            return upload.read(tables.MOST_BYTES + 1)
        try:
            return zlib.decompressobj().decompress(b64decode(values.get("kept") or "", validate=True), tables.MOST_BYTES) or None
        except (ValueError, zlib.error):
            return None

    def _keep(self, data: bytes, values: dict[str, Any]) -> None:
        """What was uploaded stands in the form when it comes back."""
        kept = b64encode(zlib.compress(data)).decode()
        if len(kept) <= KEPT:
            self.data = {**dict(self.data.items()), "kept": kept, "name": values["name"]}

    def _columns(self, table: tables.Table, order: str) -> Columns | None:
        """What a person chose, else what the header tells."""
        chosen = {name: self._chosen(name, len(table.header)) for name in COLUMNS}
        if chosen["day"] is None or chosen["amount"] is None:
            return None if any(column is not None for column in chosen.values()) else banking.guess(table, order)
        day = chosen["day"]
        order = order or tables.order_of(row[day] for row in table.rows)
        more: dict[str, Any] = {name: chosen[name] for name in COLUMNS[2:]}
        return Columns(day, chosen["amount"], order, **more)

    def _chosen(self, name: str, width: int) -> int | None:
        typed = str(self.data.get(f"column_{name}", ""))
        number = whole(typed)
        return number - 1 if 1 <= number <= width else None

    @property
    def choices(self) -> list[dict[str, Any]]:
        """For the template: a choice of column each."""
        if self.table is None or self.columns is not None:
            return []
        words = {"day": "Day", "amount": "Amount, or what came", "debit": "What went, where that is a column of its own"}
        words |= {"sign": "Whether it came or went", "payer": "Who paid", "text": "What they wrote", "currency": "Currency"}
        samples = [(number, f"{name or number} – {self.table.rows[0][number - 1][:30]}") for number, name in self._numbered()]
        return [
            {
                "name": f"column_{name}",
                "label": label,
                "options": samples,
                "chosen": whole(str(self.data.get(f"column_{name}", ""))),
            }
            for name, label in words.items()
        ]

    def _numbered(self) -> Iterable[tuple[int, str]]:
        assert self.table
        return enumerate(self.table.header, 1)


@admin.register(BankStatement)
class BankStatementAdmin(Read):
    list_display = ["name", "uploaded_at", "uploaded_by", "still_open"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name"]
    change_list_template = "admin/campaigns/bankstatement/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankStatement]:
        return super().get_queryset(request).annotate(waiting=Count("lines", filter=Q(lines__status=Status.OPEN)))

    @admin.display(description="To be looked at")
    def still_open(self, statement: Any) -> int:
        waiting: int = statement.waiting
        return waiting

    def get_urls(self) -> list[URLPattern]:
        upload = path("upload/", self.admin_site.admin_view(self.upload_view), name="campaigns_bankstatement_upload")
        return [upload, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"may_read": may_read(request)})

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        _allow(request)
        form = StatementForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            assert form.table
            assert form.columns
            about = {"name": form.cleaned_data["name"] or "Bank statement", "currency": form.cleaned_data["currency"]}
            user: Any = request.user
            kept = banking.keep(form.table, form.columns, by=user, at=timezone.now(), **about)
            audit.record(request.user, "uploaded", kept.statement)
            self._say(request, kept)
            return HttpResponseRedirect(reverse("admin:campaigns_bankstatement_change", args=[kept.statement.pk]))
        if form.choices:
            audit.record(request.user, audit.LOOKED, "campaigns.bankstatement", detail="columns of a file that is not kept yet")
        context = {**self.admin_site.each_context(request), "title": "Upload a bank statement", "form": form, "opts": self.opts}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/campaigns/bankstatement/upload.html", context, status=status)

    def _say(self, request: HttpRequest, kept: Kept) -> None:
        """Every line of the file is in one of these figures, so that an editor can hold them against the bank's own."""
        sums = ", ".join(money.display(total, code) for code, total in sorted(kept.totals.items()))
        said = [
            f"{many(kept.lines, 'line')} under the header",
            f"{kept.came:,} of money that came{f', together {sums}' * bool(sums)}",
        ]
        said += [
            f"{number:,} {words}"
            for number, words in ((kept.went, "of money that went"), (kept.blank, "without a sum"))
            if number
        ]
        said += [f"{len(kept.trouble):,} could not be read"] * bool(kept.trouble)
        known = f" {kept.known:,} {either(kept.known, 'was', 'were')} known already." if kept.known else ""
        new = f"{kept.new:,} {either(kept.new, 'is', 'are')} new.{known}"
        self.message_user(request, f"{'; '.join(said)}. Of what came {new}", messages.SUCCESS)
        for sentence in kept.trouble[:10]:
            self.message_user(request, sentence, messages.WARNING)
        if (more := len(kept.trouble) - 10) > 0:
            self.message_user(request, f"{many(more, 'more line')} could not be read.", messages.WARNING)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Its lines, each with what it may be; a person says what it is."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see bank statements.")
        statement = get_object_or_404(BankStatement, pk=whole(object_id))
        trouble: dict[int, str] = {}
        if request.method == "POST":
            _allow(request)
            trouble = self._record_chosen(request, statement)
            if not trouble:
                return HttpResponseRedirect(request.get_full_path())
        return self._lines(request, statement, trouble)

    def _lines(self, request: HttpRequest, statement: BankStatement, trouble: dict[int, str]) -> HttpResponse:
        shown = "all" if request.GET.get("show") == "all" else "open"
        lines = statement.lines.select_related("donation").order_by("day", "pk")
        page = Paginator(lines if shown == "all" else lines.filter(status=Status.OPEN), LINES).get_page(request.GET.get("p"))
        campaigns = list(Campaign.objects.exclude(status=Campaign.Status.DRAFT).order_by("-priority", "-pk")[:50])
        rows = [
            {"match": match, "options": options(match, campaigns), "trouble": trouble.get(match.line.pk, "")}
            | {"why_not": why_no_gift(match.line, campaigns)}
            for match in banking.matches(list(page))
        ]
        context = {**self.admin_site.each_context(request), "title": str(statement), "statement": statement, "opts": self.opts}
        context |= {"rows": rows, "page": page, "shown": shown, "may_read": may_read(request)}
        audit.record(request.user, audit.LOOKED, statement, detail=f"{shown} lines, page {page.number}")
        return TemplateResponse(request, "admin/campaigns/bankstatement/lines.html", context, status=422 if trouble else 200)

    def _record_chosen(self, request: HttpRequest, statement: BankStatement) -> dict[int, str]:
        """Line by line, each in a transaction of its own: one that is refused keeps none of the others."""
        done, trouble = 0, {}
        for line in statement.lines.filter(pk__in=[whole(one) for one in request.POST.getlist("line")]):
            try:
                done += self._do(request, line, request.POST.get(f"is-{line.pk}", ""), request.POST.get(f"ref-{line.pk}", ""))
            except ValidationError as error:
                trouble[line.pk] = " ".join(error.messages)
        if done:
            audit.record(request.user, "recorded", statement, detail=many(done, "line"))
            self.message_user(request, f"{many(done, 'line')} {either(done, 'is', 'are')} done.", messages.SUCCESS)
        if trouble:
            self.message_user(request, "What is marked below could not be done.", messages.ERROR)
        return trouble

    def _do(self, request: HttpRequest, line: BankLine, choice: str, typed: str) -> bool:
        user: Any = request.user
        kind, _, pk = choice.partition(":")
        at = timezone.now()
        if typed.strip():
            found = banking.references(typed)
            gift = Donation.objects.filter(reference__in=found).first()
            if gift is None:
                raise ValidationError(f"No gift has the reference “{typed.strip()[:20]}”.")
            banking.record(line, gift, by=user, at=at)
        elif kind == "gift":
            banking.record(line, get_object_or_404(Donation, pk=whole(pk)), by=user, at=at)
        elif kind == "campaign":
            banking.record(line, None, by=user, at=at, campaign=get_object_or_404(Campaign, pk=whole(pk)))
        elif kind in {"ignore", "back"}:
            banking.set_aside(line, by=user, back=kind == "back")
        return bool(kind or typed.strip())


def options(match: Match, campaigns: list[Campaign]) -> list[tuple[str, str, bool]]:
    """What a line may be: (value, words, chosen). Only what is sure is chosen beforehand."""
    line, gift = match.line, match.donation
    if line.status == Status.IGNORED:
        return [("", "Not a gift", True), ("back", "Look at it again", False)]
    offered = [("", "Leave it for later", match.sort != "sure")]
    if gift and match.sort in {"sure", "other sum", "perhaps"}:
        name = gift.name or str(gift.donor)
        offered.append((f"gift:{gift.pk}", f"The gift {gift.reference} from {name}", match.sort == "sure"))
    fitting = [campaign for campaign in campaigns if campaign.currency == line.currency]
    offered += [(f"campaign:{campaign.pk}", f"A gift without a form, for “{campaign}”", False) for campaign in fitting]
    return [*offered, ("ignore", "Not a gift", False)]


def why_no_gift(line: BankLine, campaigns: list[Campaign]) -> str:
    """Where a line may only be a gift that was promised."""
    if line.status != Status.OPEN or any(campaign.currency == line.currency for campaign in campaigns):
        return ""
    return f"No campaign is in {line.currency}: a gift that nobody promised can be recorded once there is one."


def may_read(request: HttpRequest) -> bool:
    return may(request, "campaigns.read_bankstatement") and may(request, "campaigns.record_donation")


def _allow(request: HttpRequest) -> None:
    if not may_read(request):
        raise PermissionDenied("You may not read bank statements.")
