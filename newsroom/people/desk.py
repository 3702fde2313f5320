"""What administrators do about people, on pages of the desk: invite, see how somebody signs in, end sessions, reset a factor."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from newsroom.people import factors, inviting, looking_after, sessions
from newsroom.people.forms import InviteForm
from newsroom.people.models import Invitation
from newsroom.people.views.frame import page

LIST = "admin:auth_user_changelist"
INVITATIONS = "admin:people_invitations"


class PeoplePages(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        views: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("invite/", self.invite_view, "people_invite"),
            ("invitations/", self.invitations_view, "people_invitations"),
            ("invitations/<int:pk>/", self.invitation_view, "people_invitation"),
            ("<int:pk>/end-sessions/", self.end_sessions_view, "people_end_sessions_of"),
            ("<int:pk>/reset-factors/", self.reset_factors_view, "people_reset_factors"),
        ]
        ours = [path(address, self.admin_site.admin_view(view), name=name) for address, view, name in views]
        return [*ours, *super().get_urls()]

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        self._refuse_strangers(request)
        form = InviteForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                inviting.invite(**form.cleaned_data, by=cast(User, request.user), at=timezone.now())
            except ValidationError as refusal:
                form.add_error("email", refusal)
            else:
                messages.success(request, f"A mail to {form.cleaned_data['email']} is on its way. Its link works for seven days.")
                return HttpResponseRedirect(reverse(INVITATIONS))
        lead = "The person gets a mail with a link, and chooses a name and a password, or a passkey, of their own."
        return page(request, "invite.html", "Invite somebody", form=form, button="Send the invitation", lead=lead)

    def invitations_view(self, request: HttpRequest) -> HttpResponse:
        """Those that wait first; the newest hundred of each page."""
        self._refuse_strangers(request)
        rows = Invitation.objects.select_related("invited_by", "person").prefetch_related("groups").order_by("-pk")
        chosen = Paginator(rows, 50).get_page(request.GET.get("p"))
        return page(request, "invitations.html", "Invitations", page=chosen, now=timezone.now())

    def invitation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send again, or withdraw. Said twice it is done once."""
        self._refuse_strangers(request)
        invitation, by = get_object_or_404(Invitation, pk=pk), cast(User, request.user)
        if request.method == "POST" and "again" in request.POST:
            inviting.send_again(invitation, by=by, at=timezone.now())
            messages.success(request, f"Another mail to {invitation.email} is on its way. The former link is over.")
        elif request.method == "POST" and "withdraw" in request.POST:
            inviting.withdraw(invitation, by=by, at=timezone.now())
            messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
        return HttpResponseRedirect(reverse(INVITATIONS))

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not inviting.may_invite(cast(User, request.user)):
            raise PermissionDenied("You may not invite people.")

    def end_sessions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, by = self._person(request, pk), cast(User, request.user)
        if request.method == "POST":
            this = request.session.session_key if person == by else None
            ended = looking_after.end_sessions(person, by=by, but=this, at=timezone.now())
            messages.success(request, f"{person} is signed out everywhere." if ended else f"{person} was signed in nowhere.")
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))

    def reset_factors_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked once more: a stranger on the telephone must not get this by a slip."""
        person = self._person(request, pk)
        if request.method != "POST":
            return page(request, "reset_factors.html", "Reset the second factor", person=person)
        if looking_after.reset_factors(person, by=cast(User, request.user), at=timezone.now()):
            messages.success(request, f"{person} signs in with the password alone now, and was told by mail.")
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))

    def _person(self, request: HttpRequest, pk: int) -> User:
        person = get_object_or_404(User, pk=pk)
        if not looking_after.may_look_after(cast(User, request.user), person):
            raise PermissionDenied("You may not look after this person.")
        return person

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        about = self._about(request, object_id) if request.method == "GET" else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | about)

    def _about(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """How this person signs in and where, for whoever may look after them."""
        try:
            person = self._person(request, int(object_id))
        except (Http404, PermissionDenied, ValueError, OverflowError):
            return {}
        places = sessions.places(person, this=request.session.session_key, at=timezone.now())
        return {"person": person, "has_factor": factors.has_one(person), "places": places}
