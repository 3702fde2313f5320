"""Sending many pictures to the library at once, with a script that posts file by file and without one."""

from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from articles import images, sending
from articles.admin import thumbnails
from articles.admin.library_forms import SendForm
from articles.fields import PICTURES
from articles.models import Image
from articles.sending import Line

TAKEN_BACK = "Taken back. This is the picture that was there."


class SendsPictures(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path("send/", self.admin_site.admin_view(self.send_view), name="articles_image_send"),
            path(
                "<int:pk>/take-back/<int:other>/",
                self.admin_site.admin_view(require_POST(self.take_back_view)),
                name="articles_image_take_back",
            ),
            *super().get_urls(),
        ]

    def send_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied("You may not send pictures.")
        form, files = SendForm(request.POST if request.method == "POST" else None), request.FILES.getlist("files")
        lines: list[Line] = []
        if request.method == "POST" and form.is_valid():
            about = {name: form.cleaned_data[name] for name in ("credit", "licence", "licence_shown")}
            key = form.cleaned_data["key"] or uuid4()
            lines = sending.take_all(files, key=key, by=request.user, **about)  # type: ignore[arg-type]
            if not files:
                form.add_error(None, "Choose at least one picture.")
        if asks_for_json(request):
            return JsonResponse({"lines": [self._drawn(request, line) for line in lines], "errors": form.non_field_errors()})
        return self._send_page(request, form, lines)

    def _send_page(self, request: HttpRequest, form: SendForm, lines: list[Line]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Send pictures",
            "opts": self.model._meta,
            "form": form,
            "key": uuid4(),
            "accept": PICTURES,
            "lines": [self._drawn(request, line) for line in lines],
        }
        return TemplateResponse(request, "admin/articles/image/send.html", context)

    def _drawn(self, request: HttpRequest, line: Line) -> str:
        near = [(image, thumbnails.small(image)) for image in line.near]
        thumb = thumbnails.small(line.image) if line.image else ""
        return render_to_string("admin/articles/image/_line.html", {"line": line, "near": near, "thumb": thumb}, request)

    def take_back_view(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        """Use the picture that was there instead of one that was sent: the new one goes, unless it is used already."""
        there, image = get_object_or_404(Image, pk=other), Image.objects.filter(pk=pk).first()
        if image and not self.has_delete_permission(request, image):
            raise PermissionDenied("You may take back only pictures that you sent.")
        try:
            if image and image != there:
                images.refuse_if_used(image, may_see=partial(self.may_see, request))
                self.log_deletions(request, Image.objects.filter(pk=image.pk))
                images.delete(image)
        except ValidationError as refusal:
            return self._answered(request, image or there, " ".join(refusal.messages), messages.ERROR)
        return self._answered(request, there, TAKEN_BACK, messages.SUCCESS)

    def _answered(self, request: HttpRequest, image: Image, sentence: str, level: int) -> HttpResponse:
        if asks_for_json(request):
            name = request.POST.get("name") or str(image)
            line = Line(name, image) if level == messages.SUCCESS else Line(name, refusal=sentence)
            return JsonResponse({"lines": [self._drawn(request, line)]})
        self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:articles_image_change", args=[image.pk]))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sent a picture may take it back; that it is used nowhere is looked at by the verb."""
        if super().has_delete_permission(request, obj):
            return True
        return obj is not None and obj.created_by_id == request.user.pk and self.has_add_permission(request)

    def may_see(self, request: HttpRequest, row: Any) -> bool:
        desk = self.admin_site._registry.get(type(row))
        return desk is not None and desk.has_view_permission(request, row)


def asks_for_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
