"""Under /admin/account/. The names are those that django-allauth looks for; they lead to pages of the desk."""

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpResponse
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from newsroom.people.views import account, confirming, forgotten, invited, second_factors, signing_in
from newsroom.people.views.frame import confirmed

View = Callable[..., HttpResponse]


def own(view: View) -> View:
    """For whoever is signed in, also before they have the second factor that is asked of them."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return admin.site.admin_view(view)


def own_and_confirmed(view: View) -> View:
    return own(confirmed(view))


urlpatterns = [
    path("", own(account.account), name="mfa_index"),
    path("", own(account.account), name="mfa_list_webauthn"),
    path("name/", admin.site.admin_view(account.name), name="people_name"),
    path("address/", admin.site.admin_view(account.address), name="people_address"),
    path("sessions/end/", own(account.end_sessions), name="people_end_sessions"),
    path("app/", own_and_confirmed(second_factors.AddApp.as_view()), name="mfa_activate_totp"),
    path("app/remove/", own_and_confirmed(second_factors.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path("codes/", own_and_confirmed(second_factors.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("codes/new/", own_and_confirmed(second_factors.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("passkeys/add/", own_and_confirmed(second_factors.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", own_and_confirmed(second_factors.RenamePasskey.as_view()), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", own_and_confirmed(second_factors.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
    path("confirm/", own(confirming.ConfirmByPassword.as_view()), name="account_reauthenticate"),
    path("confirm/code/", own(confirming.ConfirmByCode.as_view()), name="mfa_reauthenticate"),
    path("confirm/passkey/", own(confirming.ConfirmByPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
    # Before the sign-in
    path("sign-in/", RedirectView.as_view(url=reverse_lazy("admin:login")), name="account_login"),
    path("sign-in/code/", signing_in.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", signing_in.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("forgotten/", forgotten.forgotten, name="people_forgotten"),
    path("new-password/set/", forgotten.password_is_set, name="people_password_is_set"),
    path("new-password/<uidb64>/<token>/", forgotten.NewPassword.as_view(), name="people_new_password"),
    path("new-address/<token>/", account.new_address, name="people_new_address"),
    path("invitation/<token>/", invited.invited, name="people_invited"),
]
