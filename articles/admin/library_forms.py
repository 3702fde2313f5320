"""The library's forms: one picture, and what is said of many that are sent at once."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.fields import PictureField
from articles.models import Image
from articles.models.licences import LICENCES


class LicenceInput(AdminTextInputWidget):
    """Free text, with the usual licences suggested."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, {**(attrs or {}), "list": f"{name}-suggested"}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((licence,) for licence in LICENCES))
        return format_html('{}<datalist id="{}-suggested">{}</datalist>', box, name, options)


class SendForm(forms.Form):
    """What is said of all pictures that are sent at once."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    credit = forms.CharField(
        required=False,
        max_length=200,
        widget=AdminTextInputWidget,
        help_text="For all of them: who made them, and for whom. Each can be changed afterwards.",
    )
    licence = forms.CharField(required=False, max_length=200, widget=LicenceInput)
    licence_shown = forms.BooleanField(label="Print the licence after the credit", required=False)


class ImageForm(forms.ModelForm):
    upload = PictureField(
        label="Picture", help_text="JPEG, PNG, WebP, AVIF or GIF, up to 25 MB. Of moving pictures the first frame."
    )

    class Meta:
        model = Image
        fields = ["alt", "caption", "credit", "licence", "licence_shown", "focal_x", "focal_y"]
        widgets = {"licence": LicenceInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "upload" in self.fields:
            del self.fields["upload"]  # another file is another picture
