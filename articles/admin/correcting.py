"""Corrections and retractions at the desk: listed beside an article's form, each published from a page of its own."""

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

from articles import correcting, rules
from articles.admin import words
from articles.admin.correction_forms import NoteForm, RetractForm
from articles.admin.talk import name_of
from articles.models import Article, Correction


def told(note: Correction) -> dict[str, Any]:
    gone = f"Readers see it no more since {words.moment(note.withdrawn_at)}" if note.withdrawn_at else ""
    return {
        "row": note,
        "who": name_of(note.by) if note.by_id else "The newsroom",
        "at": words.moment(note.published_at),
        "gone": gone,
    }


class Corrections(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        correct, retract = self.admin_site.admin_view(self.correct_view), self.admin_site.admin_view(self.retract_view)
        return [
            path("<int:pk>/correct/", correct, name="articles_article_correct"),
            path("<int:pk>/retract/", retract, name="articles_article_retract"),
            *super().get_urls(),
        ]

    def corrections_shown(self, request: HttpRequest, article: Article | None) -> dict[str, Any]:
        """Beside the form of what readers see or saw."""
        if article is None or not article.was_once_public:
            return {}
        rows = Correction.objects.standing().filter(article=article).select_related("by")
        may = article.is_public and rules.may_publish(request.user)
        return {"corrections": [told(row) for row in rows], "may_correct": may}

    @method_decorator(never_cache)
    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every note of an article. A POST publishes one; with `?note=` another in its place, or takes it back."""
        article = self._published(request, pk)
        note = self._note(article, request.GET.get("note", ""))
        form = NoteForm(request.POST or None, article=article, note=note, wanted=request.GET.get("wanted", ""))
        try:
            if note and "_take_back" in request.POST:
                correcting.take_back(note, by=cast(User, request.user), at=timezone.now())
                return self._done(request, article, "Note taken back.", "The note is taken back: readers do not see it any more.")
            if form.is_valid():
                return self._publish(request, article, note, form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        notes = article.corrections.select_related("by", "replaces").order_by("-published_at", "-pk")
        context = {"form": form, "note": note and told(note), "notes": [told(row) for row in notes]}
        return self._page(request, article, "correct", "Put a note otherwise" if note else "Correct", context)

    def _publish(self, request: HttpRequest, article: Article, note: Correction | None, typed: dict[str, Any]) -> HttpResponse:
        by, at = cast(User, request.user), timezone.now()
        where = {name: typed[name] for name in ("kind", "place") if name in typed}
        if note:
            correcting.amend(note, typed["text"], by=by, at=at, **where)
            return self._done(request, article, "Note replaced.", "The new note stands in its place.")
        more = {"with_changes": typed.get("with_changes", False), "settles": typed.get("settles", ())}
        correcting.correct(article, typed["text"], by=by, at=at, expected=typed["version"], **where, **more)
        together = ", together with the changes" if more["with_changes"] else ""
        return self._done(request, article, "Correction published.", f"The note is published{together}.")

    @method_decorator(never_cache)
    def retract_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the reason, and says what will happen. Of what is retracted: the way back."""
        article = self._published(request, pk)
        by, at = cast(User, request.user), timezone.now()
        form = RetractForm(None if article.is_retracted else request.POST or None)
        problem = ""
        try:
            if article.is_retracted and "_unretract" in request.POST:
                correcting.unretract(article, by=by, at=at)
                return self._done(request, article, "Retraction taken back.", "The article is not retracted any more.")
            if article.is_retracted and "_take_text" in request.POST:
                why = self._reason(article)
                correcting.retract(article, why.text if why else "", by=by, at=at, take_text=True)
                return self._done(request, article, "Text taken away.", "The text is taken away; it stays among the versions.")
            if form.is_valid():
                reason, take = form.cleaned_data["reason"], form.cleaned_data["take_text"] == "goes"
                correcting.retract(article, reason, by=by, at=at, take_text=take)
                return self._done(request, article, "Retracted.", "The article is retracted: its page says so and why.")
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        reason = self._reason(article)
        context = {"form": form, "problem": problem, "reason": reason and told(reason)}
        return self._page(request, article, "retract", "Retracted" if article.is_retracted else "Retract", context)

    def _published(self, request: HttpRequest, pk: int) -> Article:
        article = get_object_or_404(Article, pk=pk)
        if not rules.may_see(request.user, article):
            raise Http404("There is no such article.")
        if not rules.may_publish(request.user):
            raise PermissionDenied("Only those who publish may correct or retract an article.")
        if not article.is_public:
            raise Http404("Readers do not see this article.")
        return article

    def _note(self, article: Article, pk: str) -> Correction | None:
        if not pk:
            return None
        if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
            raise Http404("There is no such note.")
        return get_object_or_404(Correction, pk=pk, article=article, withdrawn_at=None)

    def _reason(self, article: Article) -> Correction | None:
        return Correction.objects.standing().filter(article=article, kind=Correction.Kind.RETRACTION).select_related("by").first()

    def _done(self, request: HttpRequest, article: Article, history: str, sentence: str) -> HttpResponse:
        self.log_change(request, article, history)
        messages.success(request, sentence)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def _page(self, request: HttpRequest, article: Article, name: str, title: str, more: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": article, "title": title, **more}
        wrong = more["form"].errors or more.get("problem")
        return TemplateResponse(request, f"admin/articles/article/{name}.html", context, status=400 if wrong else 200)
