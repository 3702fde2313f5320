"""What colleagues say about an article: beside its form, and on a page of its own for those who may only look."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles import rules, talking
from articles.admin import words
from articles.admin.verbs import Verb
from articles.forms import ArticleForm
from articles.models import Article, Comment
from articles.planning import PersonField, writers
from newsroom.lists import ShortCount

BESIDE = 5  # the newest, in the margin of the form
AT_ONCE = 50
MOMENTS = {"schedule": "schedule_for", "end": "withdraw_for", "embargo": "embargo_for"}  # a verb's group → its field


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "Somebody who left"


def told(comment: Comment) -> dict[str, Any]:
    return {
        "row": comment,
        "who": name_of(comment.by),
        "did": "" if comment.kind == Comment.Kind.SAID else comment.get_kind_display(),
        "at": words.moment(comment.at),
        "open": comment.kind == Comment.Kind.WANTED and comment.done_at is None,
        "done": f"Seen to by {name_of(comment.done_by)}, {words.moment(comment.done_at)}" if comment.done_at else "",
    }


class Talk(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        comments, done = self.admin_site.admin_view(self.comments_view), self.admin_site.admin_view(self.seen_to_view)
        return [
            path("<int:pk>/comments/", comments, name="articles_article_comments"),
            path("comments/<int:pk>/seen-to/", done, name="articles_comment_seen_to"),
            *super().get_urls(),
        ]

    # Beside the form

    def talk_shown(self, request: HttpRequest, article: Article | None) -> dict[str, Any]:
        """The newest comments; who looks at the form has seen them."""
        if article is None or article.pk is None:
            return {}
        rows = list(article.comments.select_related("by", "done_by")[: BESIDE + 1])
        if rows and request.method == "GET":
            talking.read(article, by=cast(User, request.user))
        return {
            "comments": [told(row) for row in rows[:BESIDE]],
            "more_comments": len(rows) > BESIDE,
            "assigned": name_of(article.assigned_to) if article.assigned_to_id else "",
        }

    def keep_comment(self, request: HttpRequest, article: Article, verb: Verb | None) -> None:
        """With whatever button; to return an article says it by itself."""
        text = request.POST.get("comment", "").strip()
        if text and (verb is None or verb.name != "_sendback"):
            talking.say(article, text, by=cast(User, request.user), at=timezone.now())

    def obey(self, request: HttpRequest, article: Article, verb: Verb) -> Article:
        """Call the verb with what stands in its own field."""
        moment = self._typed(request, MOMENTS.get(verb.group, "schedule_for"))
        said = self._typed(request, "assign_to") if verb.group == "assign" else request.POST.get("comment", "")
        return verb.call(article, by=request.user, at=timezone.now(), publish_at=moment, said=said)

    def _typed(self, request: HttpRequest, name: str) -> Any:
        typed = request.POST.get(name) or None
        if name != "assign_to":
            return ArticleForm.base_fields[name].clean(typed)
        return PersonField(writers(), required=False).clean(typed)

    # On a page of its own

    @method_decorator(never_cache)
    def comments_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that was said. A POST adds to it, or asks for a correction of what readers see."""
        article, user = get_object_or_404(Article, pk=pk), cast(User, request.user)
        if not rules.may_see(user, article):
            raise Http404("There is no such article.")
        typed, problem = request.POST.get("comment", ""), ""
        if request.method == "POST":
            kind = Comment.Kind.WANTED if "_wanted" in request.POST else Comment.Kind.SAID
            try:
                talking.say(article, typed, by=user, at=timezone.now(), kind=kind)
            except ValidationError as refusal:
                problem = " ".join(refusal.messages)
            else:
                messages.success(request, "The correction is asked for." if kind == Comment.Kind.WANTED else "It is said.")
                return HttpResponseRedirect(request.path)
        return self._comments_page(request, article, typed, problem)

    def _comments_page(self, request: HttpRequest, article: Article, typed: str, problem: str) -> HttpResponse:
        page = ShortCount(article.comments.select_related("by", "done_by"), AT_ONCE).get_page(request.GET.get("page"))
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": article, "title": "Comments"}
        context |= {"page": page, "comments": [told(row) for row in page], "typed": typed, "problem": problem}
        context["may_see_to"] = rules.may_edit_any(request.user)
        context["may_correct"] = article.is_public and rules.may_publish(request.user)
        if request.method == "GET":
            talking.read(article, by=cast(User, request.user))
        return TemplateResponse(request, "admin/articles/article/comments.html", context, status=400 if problem else 200)

    @method_decorator(require_POST)
    def seen_to_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = get_object_or_404(Comment.objects.select_related("article"), pk=pk, kind=Comment.Kind.WANTED)
        if not rules.may_see(request.user, comment.article):
            raise PermissionDenied("You may not see this article.")
        talking.see_to(comment, by=cast(User, request.user), at=timezone.now())
        messages.success(request, "The correction is seen to.")
        back = reverse("admin:index") if "from_desk" in request.POST else self._comments_of(comment)
        return HttpResponseRedirect(back)

    def _comments_of(self, comment: Comment) -> str:
        return reverse("admin:articles_article_comments", args=[comment.article_id])
