"""The panel of failed jobs, on the desk's first page."""

from typing import Any

from django import template

from newsroom import failed

register = template.Library()


@register.inclusion_tag("admin/_failed_jobs.html", takes_context=True)
def failed_jobs(context: dict[str, Any]) -> dict[str, Any]:
    """One query for those who may see to them; nothing where there are none."""
    if not failed.may_see(context["request"].user):
        return {}
    jobs = failed.newest()
    return {"jobs": jobs[: failed.SHOWN], "more": len(jobs) > failed.SHOWN, "csrf_token": context.get("csrf_token")}
