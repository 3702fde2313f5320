"""The prose editor as a form field: our own module starts it, because theirs writes a <style> that our policy refuses."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django_prose_editor.widgets import ProseEditorWidget, prose_editor_admin_media
from js_asset import Media, Script


class ProseWidget(ProseEditorWidget):
    """A textarea of HTML; static/js/desk-prose.js turns it into an editor. Without JavaScript it stays a textarea."""

    @property
    def media(self) -> Media:
        return prose_editor_admin_media + Media(js=[Script("js/desk-prose.js", type="module")])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Textarea.get_context(self, name, value, attrs)
        special = {
            "Figure": {"pickerUrl": reverse("admin:articles_image_pick")},
            "Embed": {"peertube": settings.PEERTUBE_HOSTS},
        }
        context["widget"]["attrs"]["data-desk-prose"] = json.dumps(self.config["extensions"] | special)
        return context
