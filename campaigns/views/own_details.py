"""What donors change about themselves: details, whether their name is shown, their address, and being erased."""

from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns import forgetting, links, wishes
from campaigns.models import Donor
from campaigns.views.own_door import bad_link, own_page, private
from campaigns.views.own_forms import AddressForm, DetailsForm, ShownForm
from newsroom import tongues
from newsroom.origin import same_origin_post

SURE_FOR = 3600  # seconds between the two steps of an erasure


@own_page("POST")
def details(request: HttpRequest, donor: Donor) -> HttpResponse:
    """One page with three forms; `form` says which one was sent."""
    sent = request.POST.get("form", "") if request.method == "POST" else ""
    about = DetailsForm(request.POST if sent == "details" else None, instance=Donor.objects.get(pk=donor.pk))
    shown = ShownForm(request.POST if sent == "shown" else None)
    address = AddressForm(request.POST if sent == "address" else None)
    if (
        (sent == "details" and about.is_valid() and _details(donor, about))
        or (sent == "shown" and shown.is_valid() and _shown(donor, shown))
        or (sent == "address" and address.is_valid() and _address(donor, address))
    ):
        return HttpResponseRedirect(f"{request.path}?done={sent}")
    context = {"donor": donor, "about": about, "shown": shown, "address": address, "done": request.GET.get("done", "")}
    refused = about.errors or shown.errors or address.errors
    return render(request, "campaigns/own_details.html", context | {"is_giving": True}, status=422 if refused else 200)


def _details(donor: Donor, form: DetailsForm) -> bool:
    wishes.change_details(donor, details=form.cleaned_data, at=timezone.now())
    return True


def _shown(donor: Donor, form: ShownForm) -> bool:
    wished = {name: form.wish(name) for name in ("past", "future", "wall")}
    wishes.change_shown(donor, **wished, at=timezone.now())
    return True


def _address(donor: Donor, form: AddressForm) -> bool:
    try:
        wishes.ask_for_address(donor, form.cleaned_data["email"], at=timezone.now())
    except ValidationError as error:
        form.add_error("email", error)
        return False
    return True


@same_origin_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link that was mailed to the new address. A look changes nothing: the button does."""
    try:
        donor, email = links.read_new_address(token)
    except links.BadLink:
        return bad_link(request)
    context = {"email": email, "is_giving": True, "is_done": donor.email == email}
    with tongues.speaking(donor.language):
        if request.method == "POST":
            try:
                wishes.change_address(donor, email, at=timezone.now())
            except ValidationError as error:
                refused = context | {"problem": error.messages[0]}
                return private(render(request, "campaigns/own_new_address.html", refused, status=409))
            return private(HttpResponseRedirect(request.path))
        return private(render(request, "campaigns/own_new_address.html", context))


@own_page("POST")
def erase(request: HttpRequest, donor: Donor) -> HttpResponse:
    """Two steps, both by POST: the first asks once more, the second does it."""
    context = {"donor": donor, "is_giving": True}
    if request.method != "POST":
        return render(request, "campaigns/own_erase.html", context)
    signer = signing.TimestampSigner(salt="campaigns.erase")
    try:
        is_sure = signer.unsign(request.POST.get("sure", ""), max_age=SURE_FOR) == str(donor.pk)
    except signing.BadSignature:
        is_sure = False
    if not is_sure:
        return render(request, "campaigns/own_erase.html", context | {"sure": signer.sign(str(donor.pk))})
    language = donor.language
    forgetting.erase(donor, at=timezone.now())
    return HttpResponseRedirect(f"{reverse('campaigns:giving')}?{urlencode({'erased': 1, 'language': language})}")
