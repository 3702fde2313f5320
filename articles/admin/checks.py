"""What is still to do before an article goes out, beside its form; and what of it the administrator lets block."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from articles import checking, richtext, writing
from articles.checking import Finding, Known
from articles.contents import Content
from articles.models import Article, PublishRule

NEW_PICTURE = -1  # stands for one that was chosen from the writer's own computer and not sent yet


class Checks(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        check = path("check/", self.admin_site.admin_view(self.check_view), name="articles_article_check")
        return [check, *super().get_urls()]

    @method_decorator(never_cache)
    def check_view(self, request: HttpRequest) -> HttpResponse:
        """What would be found in a form as it stands now, unsaved. Nothing is kept."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied("You may not write articles.")
        if request.POST.get("body", "").count("&") > richtext.AMPERSANDS:
            return HttpResponseBadRequest("This text has too many “&” to be checked.")
        return render(request, "admin/articles/article/_findings.html", told(typed_findings(request.POST)))

    def checks_shown(self, form: Any, article: Article | None) -> dict[str, Any]:
        """For the form's page: counts under the text, findings at the side. Of a new article only once something is typed."""
        if "body" not in form.fields:  # it is only read
            return {}
        form.fields["body"].help_text = str(writing.length(form.drafted.body))
        found = checking.of(form.drafted, article=article.pk) if article else []
        return told(found) | {"check_address": reverse("admin:articles_article_check"), "checks_of": article}


def told(found: list[Finding]) -> dict[str, Any]:
    blocks = checking.blocking()
    rows = [{"finding": each, "blocks": each.code in blocks, "anchor": anchor(each.field)} for each in found]
    return {"checks": sorted(rows, key=lambda row: not row["blocks"])}


def anchor(field: str) -> str:
    return "bylines-group" if field == "bylines" else f"id_{field}"


def typed_findings(post: QueryDict) -> list[Finding]:
    content = typed(post)
    known = checking.known_about(content, article=_number(post.get("article")))
    if "picture_alt" in post:  # what stands in the form is newer
        known = Known(post.get("picture_alt", ""), post.get("picture_credit", ""), known.dead)
    return checking.findings(content, known)


def typed(post: QueryDict) -> Content:
    """A form's fields as somebody has typed them so far, right or wrong."""
    signed = [number for name, value in post.items() if name.startswith("bylines-") and (number := _signed(name, value, post))]
    words: dict[str, Any] = {name: post.get(name, "") for name in ("headline", "standfirst", "source_outlet", "source_author")}
    return Content(
        **words,
        body=richtext.taken_in(post.get("body", "")),
        section=_number(post.get("section")),
        lead_image=NEW_PICTURE if post.get("picture") else _number(post.get("lead_image")),
        tags=tuple(name.strip() for name in post.get("tags", "").split(",") if name.strip()),
        authors=tuple(signed),
    )


def _signed(name: str, value: Any, post: QueryDict) -> int | None:
    row, _, field = name.removeprefix("bylines-").partition("-")
    return _number(value) if field == "author" and row.isdigit() and not post.get(f"bylines-{row}-DELETE") else None


def _number(value: Any) -> int | None:
    given = f"{value or ''}"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


@admin.register(PublishRule)
class PublishRuleAdmin(admin.ModelAdmin):
    """One page with a box for each finding."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PublishRule | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        return [path("", self.admin_site.admin_view(self.changelist_view), name="articles_publishrule_changelist")]

    @method_decorator(never_cache)
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST":
            checking.choose(blocks=set(request.POST.getlist("blocks")), by=cast(User, request.user))
            self.message_user(request, "Kept. It holds for everything that is published from now on.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:articles_publishrule_changelist"))
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied("You may not see these rules.")
        blocks = checking.blocking()
        rows = [{"code": code, "sentence": sentence, "blocks": code in blocks} for code, sentence in checking.RULES.items()]
        context = {
            **self.admin_site.each_context(request),
            "title": "Before publishing",
            "opts": self.opts,
            "rows": rows,
            "may_choose": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/articles/publishrule/choose.html", context)
