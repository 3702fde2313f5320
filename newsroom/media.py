from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils._os import safe_join

from newsroom.methods import require_safe

# What articles.images writes, by ending; anything else under media/ is not for readers.
SERVED = {
    "image/avif": ("avif",),
    "image/webp": ("webp",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
}
KEPT_FOR_EVER = (("Cache-Control", "public, max-age=31536000, immutable"),)


@require_safe
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the picture library, when no web server in front serves it. Names never change their content."""
    kind = kind_of(path)
    if kind is None:
        raise Http404("There is no such picture.")
    try:
        file = open(safe_join(settings.MEDIA_ROOT, path), "rb")  # noqa: SIM115  FileResponse closes it
    except (OSError, SuspiciousFileOperation, ValueError) as error:
        raise Http404("There is no such picture.") from error
    return FileResponse(file, content_type=kind, headers=dict(KEPT_FOR_EVER))


def kind_of(path: str) -> str | None:
    ending = path.rpartition(".")[2].lower()
    return next((kind for kind, endings in SERVED.items() if ending in endings), None)
