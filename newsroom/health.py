"""For operators: does the process answer, and do the things it lives on."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from newsroom.methods import require_safe

HEARTBEAT_LIMIT = 60  # seconds; a living worker writes one every ten


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "This process answers."})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    problem = _problem()
    if problem:
        return JsonResponse({"status": problem}, status=503)
    return JsonResponse({"status": "Database and worker answer."})


def _problem() -> str | None:
    """What is wrong, in a sentence without secrets; None when all is well. The database's clock is the one that counts."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(last_heartbeat) > now() - make_interval(secs => %s) FROM procrastinate_workers", [HEARTBEAT_LIMIT]
            )
            (recent,) = cursor.fetchone()
    except Error:
        return "The database does not answer."
    if recent is None:
        return "No worker runs: scheduled articles, pictures and mail are waiting."
    if not recent:
        return "The worker has not been heard of for more than a minute: scheduled articles, pictures and mail are waiting."
    return None
