from django import forms
from django.core.exceptions import ValidationError

from newsroom import addresses

ECHO = 1000  # as much of what was typed as is worth giving back


class SignUpForm(forms.Form):
    email = forms.CharField(strip=False, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["email"].validators.clear()  # one set of sentences: those of `addresses`

    def clean_email(self) -> str:
        return addresses.clean(self.cleaned_data["email"])

    @property
    def typed(self) -> str:
        """What to put back into the field."""
        return "".join(letter for letter in self.data.get("email", "")[:ECHO] if letter.isprintable())

    @property
    def error(self) -> str:
        return str(self.errors["email"][0]) if self.is_bound and "email" in self.errors else ""

    def refuse(self, sentence: str) -> None:
        self.add_error("email", ValidationError(sentence))
