"""Processors that were gone, and what came back: for Fundraisers, to be read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from campaigns import processors, recovery
from campaigns.admin.reading import ProcessorFilter, Read
from campaigns.models import Outage
from campaigns.recovery import in_words


@admin.register(Outage)
class OutageAdmin(Read):
    list_display = ["processor_name", "began_at", "ended_at"]
    list_display_links = ["processor_name"]
    list_filter = [ProcessorFilter]
    fields = ["processor_name", "began_at", "ended_at"]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        outage = kwargs["obj"]
        context["title"], context["subtitle"] = f"Outage of {processors.called(outage.processor)}", None
        context["lines"] = _lines(recovery.figures(outage))
        context["days"] = [
            (day.day, day.recovered, in_words(day.monthly), in_words(day.received)) for day in recovery.per_day(outage)
        ]
        return super().render_change_form(request, context, *args, **kwargs)


def _lines(told: recovery.Figures) -> list[tuple[str, object]]:
    return [
        ("Pledges that needed a new way", told.stranded),
        ("Their worth a month", in_words(told.monthly_stranded)),
        ("Links mailed", told.mailed),
        ("Links still waiting to leave", told.waiting),
        ("Without an address", told.without_address),
        ("Page opened (a mailbox’s own check may count)", told.opened),
        ("Have a new way", told.recovered),
        ("Worth of these a month", in_words(told.monthly_recovered)),
        ("Went back to the old way", told.restored),
        ("Stopped by their donors", told.ended),
        ("Still open", told.still_open),
    ]
