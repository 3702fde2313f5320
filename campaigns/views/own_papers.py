"""Receipts, statements and everything else a donor may take away from their own page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns import receipts, statements
from campaigns.links import Access
from campaigns.models import Donor, LegalEntity, Receipt, YearStatement
from campaigns.portrait import pieces_about
from campaigns.views.own_door import own_page


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    )


@own_page(whole=False)
def receipt(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    own = Receipt.objects.filter(donation__donor=access.donor).select_related("entity")
    found = get_object_or_404(own.filter(donation__pledge=access.pledge) if access.pledge else own, pk=number)
    return pdf_answer(receipts.paper(receipts.latest(found)), found.full_number)


@own_page("POST")
def statement(request: HttpRequest, donor: Donor, year: int, entity: int) -> HttpResponse:
    """GET: the paper. POST: make it, or make it again with what the page says of its donor today."""
    if (year, entity) not in statements.years_of(donor, before=statements.this_year(timezone.now())):
        raise Http404
    if request.method == "POST":
        of = LegalEntity.objects.get(pk=entity)
        statements.make(donor, entity=of, year=year, at=timezone.now(), mail=False)
        return HttpResponseRedirect(reverse("campaigns:donor", args=[_token(request)]))
    found = get_object_or_404(YearStatement, donor=donor, year=year, entity=entity)
    return pdf_answer(statements.paper(statements.latest(found)), f"{year}")


@own_page()
def everything(request: HttpRequest, donor: Donor) -> HttpResponseBase:
    answer = StreamingHttpResponse(pieces_about(donor), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="my-gifts.json"'
    return answer


def shown_years(donor: Donor) -> list[dict[str, Any]]:
    """The years that are over, with their statement when it was made: three queries at the most."""
    years = statements.years_of(donor, before=statements.this_year(timezone.now()))
    if not years:
        return []
    made = set(YearStatement.objects.filter(donor=donor).values_list("year", "entity"))
    named = {entity.pk: entity for entity in LegalEntity.objects.filter(pk__in={entity for _, entity in years})}
    several = len(named) > 1
    return [
        {"year": year, "entity": named[entity] if several else None, "entity_pk": entity, "is_made": (year, entity) in made}
        for year, entity in years
    ]


def _token(request: HttpRequest) -> str:
    assert request.resolver_match
    return str(request.resolver_match.kwargs["token"])
