"""What a view says: that its page may be kept, and which keys it shows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

KEPT = "_newsroom_may_be_kept"
KEYS = "_newsroom_shown_keys"
ANEW = "_newsroom_rendered_anew"


def kept[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """Mark a public view: its page is rendered once, by one request however many ask, and kept until a touch."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    setattr(wrapped, KEPT, True)
    return wrapped


def may_be_kept(view: Any) -> bool:
    return getattr(view, KEPT, False)


def render_anew(request: HttpRequest) -> None:
    """Mark a request of our own: its page is rendered whatever is kept, and not kept."""
    setattr(request, ANEW, True)


def is_rendered_anew(request: HttpRequest) -> bool:
    return getattr(request, ANEW, False)


def shows(request: HttpRequest, *keys: str) -> None:
    """Say what the page of this request shows. A page of which nothing was said is never kept."""
    keys_of(request).update(keys)


def shows_nothing(request: HttpRequest) -> None:
    """Take back all that was said: there is no such page, whatever becomes of the answer."""
    keys_of(request).clear()


def keys_of(request: HttpRequest) -> set[str]:
    """What was said so far."""
    if not hasattr(request, KEYS):
        setattr(request, KEYS, set())
    keys: set[str] = getattr(request, KEYS)
    return keys
