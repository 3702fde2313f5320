"""What an invited person sees: who invites, and a form for the account."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from newsroom.people import inviting
from newsroom.people.forms import AcceptForm
from newsroom.people.views.frame import page, private
from newsroom.people.views.signing_in import sign_in


@private
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail programs open links too."""
    try:
        invitation = inviting.found(token, at=timezone.now())
    except ValidationError as refusal:
        sentence = " ".join(refusal.messages)
        return page(request, "said.html", "This invitation is over", status=410, sentence=sentence, sign_in=True)
    if request.user.is_authenticated:  # an administrator who tries the link, or a colleague's computer
        return page(request, "invited_busy.html", "An invitation", invitation=invitation)
    known = {"first_name": invitation.first_name, "last_name": invitation.last_name}
    form = AcceptForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        try:
            return _accept(request, token, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return page(request, "invited.html", "Welcome to the desk", form=form, invitation=invitation)


def _accept(request: HttpRequest, token: str, form: AcceptForm) -> HttpResponse:
    said = form.cleaned_data
    person = inviting.accept(
        token,
        username=said["username"],
        password=said["password1"],
        first_name=said["first_name"],
        last_name=said["last_name"],
        at=timezone.now(),
    )
    then = reverse("admin:index" if said["password1"] else "mfa_add_webauthn")
    sign_in(request, person, then=then)
    return HttpResponseRedirect(then)
