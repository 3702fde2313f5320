from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import images
from articles.admin import thumbnails, words
from articles.admin.lists import ShortCount
from articles.forms import ABOUT, ImageForm
from articles.models import Image
from newsroom.keyset import KeysetList

FOUND_AT_ONCE = 24


class NewestFirst(KeysetList):
    back, onward = "Newer", "Older"


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    """The picture library."""

    form = ImageForm
    list_display = ["thumbnail", "described", "credit", "size", "received"]
    list_display_links = ["described"]
    list_per_page = 50
    search_fields = ["alt", "caption", "credit"]
    search_help_text = "Words from description, caption or credit."
    paginator = ShortCount
    sortable_by = ()  # the newest first: what an index has in order
    show_full_result_count = False
    ordering = ["-pk"]
    actions = None  # one at a time: each is looked up first

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return NewestFirst

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        words_about = ["alt", "caption", "credit"]
        if obj is None:
            return [
                (None, {"fields": ["upload", *words_about, ("focal_x", "focal_y")], "classes": ["desk-text", "desk-picture"]})
            ]
        why = {} if self.has_change_permission(request, obj) else {"description": images.READERS_SEE_IT}
        return [
            (
                None,
                {"fields": ["preview", *words_about, ("focal_x", "focal_y")], "classes": ["desk-text", "desk-picture"], **why},
            ),
            ("Facts", {"fields": ["size", "received", "address", "used_in"], "classes": ["desk-side"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Image | None = None) -> list[str]:
        return ["preview", "size", "received", "address", "used_in"] if obj else []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Image | None:
        image = super().get_object(request, object_id, from_field)
        if image:
            image.may_be_described = images.may_describe(image, by=request.user)  # type: ignore[arg-type]
            image.looked_at = request
        return image

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_change_permission(request, obj) and getattr(obj, "may_be_described", True)

    def save_model(self, request: HttpRequest, obj: Image, form: ImageForm, change: bool) -> None:
        about = {name: form.cleaned_data[name] for name in ABOUT if name in form.cleaned_data}
        if change:
            images.describe(obj, by=request.user, **about)  # type: ignore[arg-type]
            return
        before = Image.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        obj.pk = images.store(form.cleaned_data["upload"], by=request.user, **about).pk  # type: ignore[arg-type]
        obj.refresh_from_db()
        obj._state.adding = False
        if obj.pk <= before:
            self.message_user(request, "This very picture was in the library already; here it is.", messages.WARNING)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        image = self.get_object(request, object_id)
        try:
            if image and self.has_delete_permission(request, image):
                images.refuse_if_used(image, may_see=partial(self._may_see, request))
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_image_change", args=[object_id]))

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
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
        found = self._found(typed)
        page = Paginator(found, FOUND_AT_ONCE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Choose a picture",
            "page": page,
            "pictures": [thumbnails.for_text(image) for image in page],
            "typed": typed,
            "is_popup": True,
        }
        return TemplateResponse(request, "admin/articles/image/pick.html", context)

    def _found(self, typed: str) -> QuerySet[Image]:
        rows = Image.objects.order_by("-pk")
        for word in typed.split():
            rows = rows.filter(Q(alt__icontains=word) | Q(caption__icontains=word) | Q(credit__icontains=word))
        return rows

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the picture library.")

    # Columns and facts

    @admin.display(description="Picture")
    def thumbnail(self, image: Image) -> SafeString:
        return thumbnails.small(image)

    @admin.display(description="Description")
    def described(self, image: Image) -> str:
        return image.alt or image.caption[:80] or "No description yet"

    @admin.display(description="Size")
    def size(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description="Received")
    def received(self, image: Image) -> str:
        return words.moment(image.created_at)

    @admin.display(description="Picture")
    def preview(self, image: Image) -> SafeString:
        return format_html('<div class="desk-focus"><img src="{}" alt=""></div>', thumbnails.address(image))

    @admin.display(description="Address, for a text")
    def address(self, image: Image) -> SafeString:
        return format_html("<code>{}</code>", thumbnails.address(image, at_least=1280))

    @admin.display(description="Used in")
    def used_in(self, image: Image) -> str:
        may_see = partial(self._may_see, image.looked_at)  # type: ignore[attr-defined]
        return images.told(images.uses(image), may_see=may_see) or "Nothing yet"

    def _may_see(self, request: HttpRequest, row: Model) -> bool:
        desk = self.admin_site._registry.get(type(row))
        return desk is not None and desk.has_view_permission(request, row)
