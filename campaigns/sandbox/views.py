"""The pretended bank's hosted page. It looks up nothing but its own books."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.models import SandboxPayment
from campaigns.sandbox import bank
from newsroom.origin import same_origin_post

DEEDS: dict[str, Callable[[str], object]] = {
    "pay": bank.pay,
    "decline": bank.decline,
    "later": bank.pay_later,
    "cancel": bank.cancel,
}


@same_origin_post
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, ref: str) -> HttpResponse:
    if not (settings.TRIAL or settings.DEBUG):
        raise Http404("There is no such page.")
    payment = get_object_or_404(SandboxPayment, ref=ref)
    # The bank lives in our own house: the donor stays on the host name in use, whatever SITE_URL says.
    return_path = urlsplit(payment.return_url).path
    if request.method == "POST":
        deed = DEEDS.get(request.POST.get("deed", ""))
        if deed is None:
            return HttpResponse("This page has four buttons; none of them was pressed.", status=400, content_type="text/plain")
        deed(ref)
        return HttpResponseRedirect(return_path)
    return render(request, "campaigns/sandbox/pay.html", {"payment": payment, "return_path": return_path})
