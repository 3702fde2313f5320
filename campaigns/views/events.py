"""The door that processors knock at."""

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from campaigns import inbox
from campaigns.processors import UnknownProcessor
from campaigns.processors.base import Forged, ProcessorError


@csrf_exempt  # signed by the processor, and no browser's cookie is looked at
@never_cache
@require_POST
def events(request: HttpRequest, name: str) -> HttpResponse:
    """200 once the event is stored, 400 for a forged one, 413 for a huge one; 503 asks the processor to send it again."""
    try:
        body = request.read(inbox.LARGEST + 1)  # so much in memory, whatever length was announced
        if len(body) > inbox.LARGEST:
            return _said("This is larger than any event.", 413)
        inbox.receive(name, headers=request.headers, body=body, at=timezone.now())
    except UnreadablePostError:
        return _said("The message broke off.", 400)
    except UnknownProcessor:
        return _said("No such processor.", 404)
    except Forged:
        return _said("The signature is not good.", 400)
    except ProcessorError:
        return _said("This cannot be verified now. Send it again.", 503)
    return _said("Stored.", 200)


def _said(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
