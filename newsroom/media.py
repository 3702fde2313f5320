import mimetypes

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils._os import safe_join

from newsroom.methods import require_safe

# What articles.images writes; anything else under media/ is not for readers.
SERVED = {"image/avif", "image/webp", "image/jpeg", "image/png", "image/gif"}


@require_safe
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the picture library, when no web server in front serves it. Names never change their content."""
    kind = "image/avif" if path.endswith(".avif") else mimetypes.guess_type(path)[0]
    try:
        file = open(safe_join(settings.MEDIA_ROOT, path), "rb")  # noqa: SIM115  FileResponse closes it
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404("There is no such picture.") from error
    if kind not in SERVED:
        file.close()
        raise Http404("There is no such picture.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, content_type=kind, headers=headers)
