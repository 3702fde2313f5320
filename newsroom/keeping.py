"""A form of the desk that comes too late: what was typed goes with its writer through signing in and back into the form.

Nothing is stored for that: the words travel as hidden fields of our own pages. And nothing is saved: the form is shown
again, filled in, and waits for its button.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

AGAIN = "_again"  # a form sent with this is shown and not saved
SIGN_IN = ("admin:login", "mfa_authenticate", "mfa_login_webauthn")  # the pages that words travel through
PREFIX = "kept-"  # of its fields while they stand in the form that asks for name and password
LOST = "lost"
NOT_SAVED = "Not saved yet. This is what you typed: look through it, then save it."


@dataclass(frozen=True)
class Words:
    """What was typed into the form at `address`, without buttons and passwords; and the names of the files it brought."""

    address: str
    fields: list[tuple[str, str]]
    files: list[str]


def brought_by(request: HttpRequest) -> Words | None:
    """The words of a form of the desk that is sent, or that are with somebody who signs in. None when there are none."""
    if request.method != "POST":
        return None
    sent = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    if request.path in {reverse(name) for name in SIGN_IN}:
        address, files = request.POST.get("next", ""), request.POST.getlist(LOST)
        sent = [(name.removeprefix(PREFIX), value) for name, value in sent if name.startswith(PREFIX)]
    else:
        address, files = (
            request.get_full_path(),
            [str(file.name) for name in request.FILES for file in request.FILES.getlist(name)],
        )
    fields = [(name, value) for name, value in sent if _is_typed(name)]
    return Words(address, fields, files) if fields and _is_form(address) else None


def _is_typed(name: str) -> bool:
    if name == "csrfmiddlewaretoken" or "password" in name.casefold():
        return False
    return not name.startswith("_") or name in {IS_POPUP_VAR, TO_FIELD_VAR}  # the rest of these are buttons


def _is_form(address: str) -> bool:
    """Whether a row is added or changed at this address, which is one of ours."""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return False
    try:
        found = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return False
    desk = getattr(found.func, "model_admin", None)
    row = f"{desk.opts.app_label}_{desk.opts.model_name}" if desk else ""
    return found.namespaces == ["admin"] and found.url_name in {f"{row}_add", f"{row}_change"}


def showing_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the desk that, where it is a form, also knows how to show one unsaved."""
    desk, name = getattr(view, "__self__", None), getattr(view, "__name__", "")
    if not isinstance(desk, ModelAdmin) or name not in {"add_view", "change_view"}:
        return view

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or AGAIN not in request.POST:
            return view(request, *args, **kwargs)
        request.POST = _without_buttons(request.POST)  # type: ignore[assignment]
        with transaction.atomic():
            response: HttpResponse = getattr(_that_saves_nothing(desk), name)(request, *args, **kwargs)
            transaction.set_rollback(True)  # should a form of ours ever write before it is valid
        return response

    return shown


def _without_buttons(sent: QueryDict) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name in sent:
        if _is_typed(name):
            typed.setlist(name, sent.getlist(name))
    typed["_save"] = "1"  # what else could be meant is one of the actions under the form
    return typed


def _that_saves_nothing(desk: "ModelAdmin[Any]") -> "ModelAdmin[Any]":
    """A copy, for this request alone, whose form is never valid."""
    unsaving = copy.copy(desk)

    def get_form(*args: Any, **kwargs: Any) -> Any:
        form: Any = desk.get_form(*args, **kwargs)

        def full_clean(self: Any) -> None:
            form.full_clean(self)
            if self.is_bound:
                self.add_error(None, NOT_SAVED)

        return type(form)(form.__name__, (form,), {"full_clean": full_clean})

    unsaving.get_form = get_form  # type: ignore[method-assign]
    return unsaving
