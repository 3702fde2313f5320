from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles import images, likeness, using
from articles.admin import thumbnails, words
from articles.admin.library import Library, said
from articles.admin.library_forms import ImageForm
from articles.admin.lists import ShortCount
from articles.admin.pictures import SendsPictures
from articles.models import Image
from newsroom import audit
from newsroom.auditing import Audited

FOUND_AT_ONCE = 24
FACTS = ["size", "received", "address", "used_in", "was_in", "nearly"]


@admin.register(Image)
class ImageAdmin(Audited, SendsPictures, Library):
    """The picture library: one picture's page, and what the desk's own scripts ask for."""

    form = ImageForm

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        words_about = ["alt", "caption", "credit", "licence", "licence_shown"]
        if obj is None:
            return [
                (None, {"fields": ["upload", *words_about, ("focal_x", "focal_y")], "classes": ["desk-text", "desk-picture"]})
            ]
        why = {} if self.has_change_permission(request, obj) else {"description": images.READERS_SEE_IT}
        return [
            (
                None,
                {
                    "fields": ["preview", ("focal_x", "focal_y"), "crops", *words_about],
                    "classes": ["desk-text", "desk-picture"],
                    **why,
                },
            ),
            ("Facts", {"fields": FACTS, "classes": ["desk-side"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Image | None = None) -> list[str]:
        return ["preview", "crops", *FACTS] if obj else []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Image | None:
        image = super().get_object(request, object_id, from_field)
        if image:
            image.may_be_described = images.may_describe(image, by=request.user)  # type: ignore[arg-type]
            image.looked_at = request
        return image

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_change_permission(request, obj) and getattr(obj, "may_be_described", True)

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        about = {name: form.cleaned_data[name] for name in ImageForm.Meta.fields if name in form.cleaned_data}
        if change:
            images.describe(obj, by=request.user, **about)  # type: ignore[arg-type]
            return
        before = Image.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        obj.pk = images.store(form.cleaned_data["upload"], by=request.user, **about).pk  # type: ignore[arg-type]
        obj.refresh_from_db()
        obj._state.adding = False
        if obj.pk <= before:
            self.message_user(request, "This very picture was in the library already; here it is.", messages.WARNING)
        elif near := likeness.near(obj):
            self.message_user(request, f"It looks nearly the same as “{near[0]}”. Is that one needed twice?", messages.WARNING)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        image = self.get_object(request, object_id)
        try:
            if image and self.has_delete_permission(request, image):
                images.refuse_if_used(image, may_see=partial(self.may_see, request))
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        with transaction.atomic():
            audit.record(request.user, audit.DELETED, obj)
            images.delete(obj)

    # What the desk's own scripts ask for

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/facts/", self.admin_site.admin_view(self.facts_view), name="articles_image_facts"),
            path("pick/", self.admin_site.admin_view(self.pick_view), name="articles_image_pick"),
            *super().get_urls(),
        ]

    def facts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the article form shows of a picture that was chosen."""
        self._refuse_strangers(request)
        return JsonResponse(thumbnails.facts(get_object_or_404(Image, pk=pk)))

    def pick_view(self, request: HttpRequest) -> HttpResponse:
        """A page of the library to choose a picture for a text from."""
        self._refuse_strangers(request)
        typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        found = said(Image.objects.order_by("-pk"), typed)
        page = ShortCount(found, FOUND_AT_ONCE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Choose a picture",
            "page": page,
            "pictures": [thumbnails.for_text(image) for image in page],
            "typed": typed,
            "is_popup": True,
        }
        return TemplateResponse(request, "admin/articles/image/pick.html", context)

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the picture library.")

    # Facts

    @admin.display(description="Size")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="Received")
    def received(self, image: Image) -> str:
        by = f", sent by {image.created_by.get_full_name() or image.created_by.get_username()}" if image.created_by else ""
        return words.moment(image.created_at) + by

    @admin.display(description="Picture")
    def preview(self, image: Image) -> SafeString:
        return format_html('<div class="desk-focus"><img src="{}" alt=""></div>', thumbnails.address(image))

    @admin.display(description="As readers see it")
    def crops(self, image: Image) -> SafeString:
        return thumbnails.crops(image)

    @admin.display(description="Address, for a text")
    def address(self, image: Image) -> SafeString:
        return format_html("<code>{}</code>", thumbnails.address(image, at_least=1280))

    @admin.display(description="Used in")
    def used_in(self, image: Image) -> SafeString | str:
        return self._linked(image, using.uses(image)) or "Nothing yet"

    @admin.display(description="Was once in")
    def was_in(self, image: Image) -> SafeString | str:
        """Earlier versions hold nothing back: brought back after a deletion, they lack the picture."""
        return self._linked(image, using.earlier(image)) or "No earlier version"

    @admin.display(description="Nearly the same")
    def nearly(self, image: Image) -> SafeString | str:
        rows = ((thumbnails.small(row), self._address_of(row), row) for row in likeness.near(image))
        items = format_html_join("", '<li>{} <a href="{}">{}</a></li>', rows)
        return format_html('<ul class="desk-uses">{}</ul>', items) if items else "No other picture"

    def _linked(self, image: Image, rows: Sequence[Model]) -> SafeString:
        """Where somebody may go is a link; what they may not see is counted."""
        seen = [row for row in rows if self.may_see(image.looked_at, row)]  # type: ignore[attr-defined]
        links = ((self._address_of(row), row._meta.verbose_name, row) for row in seen)
        items = format_html_join("", '<li><a href="{}">{} “{}”</a></li>', links)
        if hidden := using.told([row for row in rows if row not in seen], may_see=lambda row: False):
            items += format_html("<li>{}</li>", hidden)
        return format_html('<ul class="desk-uses">{}</ul>', items) if items else SafeString("")

    def _address_of(self, row: Model) -> str:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
