"""For operators: does the process answer, and do the things it lives on."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from newsroom import watching
from newsroom.methods import require_safe
from newsroom.pages.edge import outbox

HEARTBEAT_LIMIT = 60  # seconds; a living worker writes one every ten
NO_DATABASE = "The database does not answer."


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "This process answers."})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    problem = _problem()
    worries = _worries() if problem != NO_DATABASE else []  # which raises the alarms that no worker would
    if problem:
        response = JsonResponse({"status": problem}, status=503)
        response._has_been_logged = True  # type: ignore[attr-defined]  # whoever asks does so every few seconds
        return response
    return JsonResponse({"status": " ".join(["Database and worker answer.", *worries])})


def _problem() -> str | None:
    """What is wrong, in a sentence without secrets; None when all is well. The database's clock is the one that counts."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT max(last_heartbeat) > now() - make_interval(secs => %s) FROM procrastinate_workers", [HEARTBEAT_LIMIT]
            )
            (recent,) = cursor.fetchone()
    except Error:
        return NO_DATABASE
    if recent is None:
        return "No worker runs: scheduled articles, pictures and mail are waiting."
    if not recent:
        return "The worker has not been heard of for more than a minute: scheduled articles, pictures and mail are waiting."
    return None


def _worries() -> list[str]:
    """What somebody should see to. Not a 503: a load balancer would take every host away for what none of them can help."""
    try:
        trouble = outbox.trouble(at=timezone.now())
        return [*([trouble] if trouble else []), *watching.look(at=timezone.now())]
    except Error:
        return []
