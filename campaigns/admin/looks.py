"""On a person's page: who looked at it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from newsroom.models import AuditEntry

SHOWN = 20


class ShowsLooks:
    """A page of the desk with the latest entries of the audit log about its row; the entries are written elsewhere."""

    change_form_template: Any = "admin/campaigns/looked_at.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        row = kwargs["obj"]
        if row is not None:
            subject = f"{row._meta.label_lower} {row.pk}"
            context["looks"] = list(AuditEntry.objects.filter(subject=subject).order_by("-pk")[:SHOWN])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
