"""The preview beside the form, and links to it for people outside."""

import copy
from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from articles import contents, drafting, previewing, richtext, rules, sharing, typed
from articles.admin import verbs, words
from articles.admin.talk import name_of
from articles.contents import Content
from articles.fields import TagsField
from articles.forms import ABOUT, ArticleForm
from articles.models import Article, PreviewLink
from articles.views import previews
from articles.views.article import with_its_page

SHOWN = 20  # links on their page
NEW_PICTURE = "A new picture is shown once you have saved."
NEXT = ("_approve", "_update", "_restore", "_submit", "_publish")  # of those that are offered, what the shortcut presses
LASTING = {"hour": "1 hour", "day": "1 day", "week": "7 days"}
# What is wrong in these is not shown: it would stand in an address or a tag. Of the others the page shows what is there.
NOT_AS_TYPED = {"slug", "language", "source_url", "section", "lead_image"}


class Beside(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path("new/beside/", self.for_a_browser(self.beside_view), name="articles_article_beside_new"),  # type: ignore[attr-defined]
            path("<int:pk>/beside/", self.for_a_browser(self.beside_view), name="articles_article_beside"),  # type: ignore[attr-defined]
            path("<int:pk>/share/", self.admin_site.admin_view(self.share_view), name="articles_article_share"),
            *super().get_urls(),
        ]

    def beside_shown(self, request: HttpRequest, article: Article | None) -> dict[str, Any]:
        """For the form's page. Where nothing can be typed the saved text is what there is."""
        steps = {verb.name for verb in verbs.offered(article, to=cast(User, request.user))}
        step = next((name for name in NEXT if name in steps), "")
        if article is None:
            return {"beside_at": reverse("admin:articles_article_beside_new"), "next_step": step}
        may = rules.may_change(request.user, article)
        return {"beside_at": reverse("admin:articles_article_beside", args=[article.pk]) if may else "", "next_step": step}

    # Beside

    @method_decorator(previews.private)
    def beside_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """What stands in the form, as its page: {"html": …, "said": what cannot be shown}. Nothing is kept of it."""
        at = timezone.now()
        article = with_its_page(Article.objects.filter(pk=pk)).first() if pk else Article()
        if article is None:
            return _refused(404, "This article is not there any more.")
        if not (rules.may_change(request.user, article) if pk else self.has_add_permission(request)):
            return _refused(403, "You may not change this article, or no longer.")
        if request.method != "POST":
            return _refused(405, "A preview is made of what a form holds.")
        try:
            sent = typed.as_sent(typed.of(request.POST))
        except typed.TooLong:
            return _refused(413, "This is more than a form of the desk can hold.")
        if sent.get("body", "").count("&") > richtext.AMPERSANDS:
            return _refused(413, "This text has too many “&” to be shown.")
        return self._beside(request, article, sent, at)

    def _beside(self, request: HttpRequest, article: Article, sent: QueryDict, at: datetime) -> HttpResponse:
        over = drafting.current(article) if article.pk else Content()
        wrong, said = self._looked_at(request, article, sent, over)
        content = _content(sent, over, wrong)
        dressed = previewing.dressed(article, content, at=at)
        _describe(dressed, sent, wrong)
        return JsonResponse({"html": previews.shown(request, dressed, at=at).text, "said": said})

    def _looked_at(self, request: HttpRequest, article: Article, sent: QueryDict, over: Content) -> tuple[set[str], list[str]]:
        """The names of the fields that saving would refuse, and why in words."""
        checked, has_picture = sent.copy(), sent.get("picture")
        checked.pop("version", None)  # somebody else's version is the form's business, when it is saved
        copied = copy.copy(article)
        copied.drafted = over  # type: ignore[attr-defined]
        contents.lay_over(copied, over)
        made_for = cast(type[ArticleForm], self.get_form(request, article if article.pk else None, change=bool(article.pk)))
        form = made_for(checked, instance=copied)
        form.is_valid()
        errors = {name: " ".join(map(str, told)) for name, told in form.errors.items() if not (has_picture and name == "picture")}
        said = [f"{form[name].label}: {told}" if name in form.fields else told for name, told in errors.items()]
        said += [told for row in form.bylines.errors for told in (" ".join(map(str, each)) for each in row.values())]
        return set(errors), [*said, *([NEW_PICTURE] if has_picture else [])]

    # For people outside

    @method_decorator(never_cache)
    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A GET shows the links to an article; a POST makes one, or ends one (`end`: its key)."""
        article, by, at = get_object_or_404(Article, pk=pk), cast(User, request.user), timezone.now()
        if not rules.may_see(by, article):
            raise Http404("There is no such article.")
        if not (rules.may_change(by, article) or sharing.working(article, at=at).filter(by=by).exists()):
            raise PermissionDenied("You may not share this article.")
        problem = ""
        if request.method == "POST":
            try:
                return self._shared(request, article, by, at)
            except ValidationError as refusal:
                problem = " ".join(refusal.messages)
        return self._share_page(request, article, at, problem)

    def _shared(self, request: HttpRequest, article: Article, by: User, at: datetime) -> HttpResponse:
        if "end" in request.POST:
            link = get_object_or_404(PreviewLink, pk=typed.number(request.POST["end"]) or 0, article=article)
            sharing.end(link, by=by, at=at)
            messages.success(request, "The link is ended: it opens nothing any more.")
        else:
            lasts, made_for = request.POST.get("lasts", ""), request.POST.get("made_for", "")
            sharing.make(article, lasts=lasts, made_for=made_for, by=by, at=at)
            messages.success(request, "The link is made. Copy it below and send it.")
        return HttpResponseRedirect(request.path)

    def _share_page(self, request: HttpRequest, article: Article, at: datetime, problem: str) -> HttpResponse:
        may_make = rules.may_change(request.user, article)
        rows = PreviewLink.objects.filter(article=article).select_related("by")
        rows = rows if may_make else rows.filter(by=cast(User, request.user))
        working = rows.filter(ended_at=None, expires_at__gt=at)[: sharing.MOST]
        over = rows.exclude(pk__in=[row.pk for row in working])[:SHOWN]
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": article, "title": "Share a preview"}
        context |= {"working": [_told(row, at) for row in working], "over": [_told(row, at) for row in over]}
        context |= {"lasting": LASTING, "chosen": request.POST.get("lasts", "day"), "problem": problem}
        context |= {"may_make": may_make, "typed": request.POST.get("made_for", "")}
        return TemplateResponse(request, "admin/articles/article/share.html", context, status=400 if problem else 200)


def _content(sent: QueryDict, over: Content, wrong: set[str]) -> Content:
    content = typed.read(sent, over=over, tags=TagsField(required=False))
    words = {name: getattr(content, name).strip() for name in contents.WORDS}  # as the form's fields do
    words["body"] = richtext.taken_in(str(sent["body"]).strip()) if "body" in sent else content.body
    return content.with_changes(**words).with_changes(**{name: getattr(over, name) for name in wrong & NOT_AS_TYPED})


def _describe(article: Article, sent: QueryDict, wrong: set[str]) -> None:
    """What is typed about the picture belongs to the picture, and is shown as saving would make it."""
    for name in ABOUT:
        told = sent.get(f"picture_{name}")
        if article.lead_image is None or told is None or f"picture_{name}" in wrong:
            continue
        if name in {"focal_x", "focal_y"}:
            told = typed.number(told)  # type: ignore[assignment]
        if told is not None:
            setattr(article.lead_image, name, told.strip() if isinstance(told, str) else told)


def _told(link: PreviewLink, at: datetime) -> dict[str, Any]:
    ended = link.ended_at or (link.expires_at if link.expires_at <= at else None)
    return {
        "row": link,
        "address": "" if ended else sharing.address(link),
        "who": name_of(link.by),
        "made": words.moment(link.made_at),
        "until": words.moment(link.expires_at),
        "ended": words.moment(ended),
        "by_hand": link.ended_at is not None,
        "opened": words.moment(link.opened_at),
    }


def _refused(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
