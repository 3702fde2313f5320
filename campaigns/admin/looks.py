"""Who looked at whom: taken down, and shown on a person's page.

A page about a donor is a look at it, whether it was asked for or came back with something wrong in its form. A list that
names people is one look at the list, with the keys of the rows it showed; so is a search in one that could find people by
name or address. The words that were searched for are not written: the log is for ever, and they are often a name."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from newsroom import audit
from newsroom.models import AuditEntry

SHOWN = 20
LONGEST = 230  # signs of keys that stand in an entry


def at_list(request: HttpRequest, model: type[Model], keys: Iterable[Any], *, searched: bool, at: str = "list") -> None:
    """“list, searched: 12, 7”: what a person saw of a list."""
    told = ", ".join(str(key) for key in keys)
    if len(told) > LONGEST:
        told = f"{told[:LONGEST].rpartition(',')[0]} …"
    detail = f"{at}{', searched' if searched else ''}: {told or 'nothing'}"
    audit.record(request.user, audit.LOOKED, model._meta.label_lower, detail=detail)


class Looked:
    """Pages of rows that tell who gave: every look is in the audit log. `names_people`: its list does, too;
    `finds_people`: one may search there for a name or an address."""

    names_people = True
    finds_people = True
    model: Any

    @property
    def looked_at(self) -> Any:
        """A view of some rows of a table is a look at that table's."""
        return self.model._meta.concrete_model

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        return self._taken_down(request, object_id, super().change_view(request, object_id, *args, **kwargs))  # type: ignore[misc]

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        response = super().history_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        return self._taken_down(request, object_id, response, detail="history")

    def _taken_down(self, request: HttpRequest, object_id: str, response: Any, *, detail: str = "") -> Any:
        if response.status_code == 200:
            name = self.looked_at._meta.label_lower
            audit.record(request.user, audit.LOOKED, f"{name} {unquote(object_id)}", detail=detail)
        return response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().changelist_view(request, *args, **kwargs)  # type: ignore[misc]
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown and (self.names_people or (self.finds_people and shown.query)):
            keys = [row.pk for row in shown.result_list]  # the rows that the template draws: fetched once
            at_list(request, self.looked_at, keys, searched=bool(shown.query))
        return response

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Also asked by a field of another form that offers these rows while somebody types."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)  # type: ignore[misc]
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            keys = found.values_list("pk", flat=True)[:SHOWN]
            at_list(request, self.looked_at, keys, searched=bool(search_term), at="offered in a form")
        return found, may_repeat


class ShowsLooks:
    """A page of the desk with the latest entries of the audit log about its row; the entries are written elsewhere."""

    change_form_template: Any = "admin/campaigns/looked_at.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        row = kwargs["obj"]
        if row is not None:
            subject = f"{row._meta.label_lower} {row.pk}"
            context["looks"] = list(AuditEntry.objects.filter(subject=subject).order_by("-pk")[:SHOWN])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
