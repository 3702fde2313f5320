from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from newsroom import addresses
from newsroom.people import inviting
from newsroom.people.addresses import TAKEN

WHAT_GROUPS_DO = {
    "Writer": "writes articles and hands them in; sees only their own",
    "Editor": "changes, publishes and withdraws every article; keeps pictures, tags, sections and authors",
    "Fundraiser": "runs campaigns; sees donors, gifts and receipts",
    "Administrator": "may do all of that, and look after people",
}


class GroupsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        name = str(obj)
        return f"{name}: {WHAT_GROUPS_DO[name]}" if name in WHAT_GROUPS_DO else name


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]


class AddressField(forms.CharField):
    """An e-mail address in the form in which it is kept."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "E-mail address")
        options.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        return addresses.clean(super().clean(value))


class AddressForm(forms.Form):
    email = AddressField(label="New e-mail address", help_text="It counts once you followed the link that we mail to it.")

    def __init__(self, *args: Any, person: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exclude(pk=self.person.pk).exists():
            raise ValidationError(TAKEN)
        return email


class ForgottenForm(forms.Form):
    email = AddressField()


class InviteForm(forms.Form):
    email = AddressField()
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    groups = GroupsField(
        Group.objects.order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        label="What this person may do",
        help_text="Several are possible.",
        error_messages={"required": "Choose at least one: without it a person can do nothing here."},
    )


class AcceptForm(forms.Form):
    """What the invited person says: who they are here, and how they will sign in."""

    username = forms.CharField(
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="You sign in with it. Letters, digits and @ . + - _",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    first_name = forms.CharField(max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "given-name"}))
    last_name = forms.CharField(max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "family-name"}))
    by_passkey = forms.BooleanField(
        required=False,
        label="No password: I will sign in with a passkey",
        help_text="On the next page you add it. Leave the password empty then.",
    )
    password1 = forms.CharField(
        label="Password", required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label="The same password again",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password1"].help_text = password_validation.password_validators_help_text_html()

    def clean_username(self) -> str:
        username: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(inviting.NAME_TAKEN)
        return username

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("by_passkey"):
            return said | {"password1": None}
        first, second = said.get("password1") or "", said.get("password2") or ""
        if not first:
            self.add_error("password1", "Choose a password, or a passkey instead.")
        elif first != second:
            self.add_error("password2", "The two passwords are not the same.")
        else:
            self._judge(first, said)
        return said

    def _judge(self, password: str, said: dict[str, Any]) -> None:
        names = {name: said.get(name) or "" for name in ("username", "first_name", "last_name")}
        try:
            password_validation.validate_password(password, User(**names))
        except ValidationError as refusal:
            self.add_error("password1", refusal)


NOT_SIGNED = "This passkey did not open your account."


class Unreadable:
    """What a stranger sends in a passkey's place is decoded by libraries that raise whatever they stumble over."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        except Exception:  # of any kind: see above
            raise ValidationError(NOT_SIGNED) from None


class PasskeyAtSecondStep(Unreadable, AuthenticateWebAuthnForm):
    pass


class PasskeyAlone(Unreadable, LoginWebAuthnForm):
    pass


class PasskeyAgain(Unreadable, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(AddWebAuthnForm):
    def clean(self) -> dict[str, Any]:
        try:
            return super().clean() or {}
        except ValidationError:
            raise
        except Exception:  # as in Unreadable
            raise ValidationError(NOT_SIGNED) from None

    name = forms.CharField(max_length=60, required=False, label="Name", help_text="By which you know it again: “Telephone”.")
