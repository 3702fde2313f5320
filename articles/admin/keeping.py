"""Nobody's words are lost: what stands in an open form is kept aside every few seconds and offered back."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from articles import drafting, presence, rules, typed
from articles.admin import company, kept, words
from articles.forms import ArticleForm
from articles.models import Article, Autosave

TAKE, TAKEN = "take", "taken"
SAVED, MOST_SAVED = "saved_forms", 20  # in the session: their pages tell the browser that its own copy is not needed
NOT_THERE = "These words are not there any more: they were saved, thrown away, or are open in another window."


class Keeping(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        def page(address: str, view: Any, name: str) -> URLPattern:
            return path(address, view, name=f"articles_article_{name}")

        guard = self.admin_site.admin_view
        ours = [
            page("new/autosave/", self.for_a_browser(self.autosave_view), "autosave_new"),
            page("<int:pk>/autosave/", self.for_a_browser(self.autosave_view), "autosave"),
            page("<int:pk>/take-over/", guard(self.take_over_view), "take_over"),
            page("kept/notice/", guard(self.notice_view), "kept_notice"),
            page("kept/<uuid:key>/", guard(self.kept_view), "kept"),
        ]
        return [*ours, *super().get_urls()]

    def for_a_browser(self, view: Any) -> Any:
        """Who is signed out is told so as data, before the token of their page is looked at: it went with the session."""
        guarded = self.admin_site.admin_view(view)

        @csrf_exempt
        @never_cache
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not self.admin_site.has_permission(request):
                return _refused(401, "You are signed out.")
            return cast(HttpResponse, guarded(request, **arguments))

        return answer

    # Keeping

    def autosave_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """A POST of the form's fields keeps them and says that its page is still open (`_leave`: not any longer; `_hidden`:
        behind other tabs; `_late`: they come from a page that is gone). A GET gives a page whose person signed in anew the
        token of today."""
        by, at = cast(User, request.user), timezone.now()
        article = Article.objects.defer("body", "search").filter(pk=pk).first() if pk else None
        if pk and article is None:
            return _refused(404, "This article is not there any more.")
        if not (rules.may_change(by, article) if article else self.has_add_permission(request)):
            return _refused(403, "You may not change this article, or no longer.")
        if request.method != "POST":
            return JsonResponse({"token": get_token(request), "user": by.pk})
        if request.POST.get("_as", str(by.pk)) != str(by.pk):
            return _refused(401, "Somebody else is signed in here by now.")
        return self._keep(request, article, by, at)

    def _keep(self, request: HttpRequest, article: Article | None, by: User, at: datetime) -> HttpResponse:
        key, version = _uuid(request.POST.get("key")), typed.number(request.POST.get("version"))
        if key is None or version is None:
            return _refused(400, "A form has a key and a version.")
        answer: dict[str, Any] = {"kept": None, "saved_at": None, "was_saved": False}
        try:
            words_typed = typed.of(request.POST)
            if words_typed.keys() - {"key", "version"}:
                new = drafting.set_aside(key, article=article, version=version, typed=words_typed, by=by, at=at)
                answer |= {"kept": words.moment(at, "H:i:s"), "saved_at": at.isoformat(), "was_saved": not new}
                _let_go_of_taken(request, by)
        except typed.TooLong:
            return _refused(413, "This is more than a form of the desk can hold.")
        except drafting.TooMany:
            return _refused(409, "Too many forms of yours wait unsaved. Save or throw away some of them.")
        if article:
            answer |= {} if "_late" in request.POST else _company(request, article, by, key, version, at)
        return JsonResponse(answer)

    def keep_refused(self, request: HttpRequest, pk: str | None) -> None:
        """Of somebody who may not save it any longer."""
        article = Article.objects.filter(pk=typed.number(pk) or 0).first()
        self._set_aside(request, article)

    def _set_aside(self, request: HttpRequest, article: Article | None) -> UUID | None:
        """What was sent and not saved. The key that it is kept under: another one, where the form was saved before."""
        key, version = _uuid(request.POST.get("key")), typed.number(request.POST.get("version"))
        by, at = cast(User, request.user), timezone.now()
        if key is None:
            return None
        try:
            held: dict[str, Any] = {"article": article, "version": version or 0, "typed": typed.of(request.POST)}
            if not drafting.set_aside(key, **held, by=by, at=at):
                key = uuid4()
                drafting.set_aside(key, **held, by=by, at=at)
        except (typed.TooLong, drafting.TooMany):
            return None  # they still stand in the page
        return key

    def was_saved(self, request: HttpRequest, article: Article, key: UUID | None) -> None:
        by = cast(User, request.user)
        _let_go_of_taken(request, by)
        if key:
            drafting.end(key, article, by=by, at=timezone.now())
            request.session[SAVED] = [*request.session.get(SAVED, [])[1 - MOST_SAVED :], str(key)]
            presence.hand_on(article, by=by, key=key, at=timezone.now())

    # Offering back

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "GET" and TAKE in request.GET:
            row = self._row(request, _uuid(request.GET[TAKE]))
            if row is None or str(row.article_id or "") != (object_id or ""):
                messages.warning(request, NOT_THERE)
                return HttpResponseRedirect(request.path)
            if row.article and not rules.may_change(request.user, row.article):
                return HttpResponseRedirect(reverse("admin:articles_article_kept", args=[row.key]))
            request.taken_up = row  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _row(self, request: HttpRequest, key: UUID | None) -> Autosave | None:
        """Nobody sees what another one typed."""
        if key is None:
            return None
        return Autosave.objects.filter(user=cast(User, request.user), key=key).select_related("article").first()

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        row = getattr(request, "taken_up", None)
        return kept.taken_up(form, row, uuid4()) if row else form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        article, form = cast(Article | None, kwargs.get("obj")), context["adminform"].form
        may = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        if "key" in form.fields and IS_POPUP_VAR not in request.GET and IS_POPUP_VAR not in request.POST:
            if request.method == "POST" and may:
                self._keep_sent(request, article, form)
            context |= self._shown(request, article, form, may)
        return super().render_change_form(request, context, *args, **kwargs)

    def _keep_sent(self, request: HttpRequest, article: Article | None, form: Any) -> None:
        key = self._set_aside(request, article)
        if key and str(key) != form.data.get("key"):
            form.data = form.data.copy()
            form.data["key"] = str(key)

    def _shown(self, request: HttpRequest, article: Article | None, form: Any, may: bool) -> dict[str, Any]:
        by, at, taken = cast(User, request.user), timezone.now(), getattr(request, "taken_up", None)
        key, version = _uuid(str(form["key"].value())), typed.number(str(form["version"].value()))
        shown: dict[str, Any] = {
            TAKEN: f"{taken.key}@{taken.saved_at.isoformat()}" if taken else request.POST.get(TAKEN, ""),
            "taken_at": words.moment(taken.saved_at) if taken else "",
            "may_keep": may,
            "kept_at": _keeper(article),
            "form_key": key,
            "saved_keys": " ".join(request.session.get(SAVED, [])),
        }
        if request.method == "GET" and not taken:
            shown["kept"] = kept.offers(article, to=by, at=at, besides=set())
        if article and may:
            shown["company"] = company.told(
                article, to=by, key=key, version=article.version if version is None else version, at=at
            )
        return shown

    @method_decorator(never_cache)
    def notice_view(self, request: HttpRequest) -> HttpResponse:
        """The offer of a form alone (?article=, nothing for a new one): for a browser that has just brought words along."""
        pk = request.GET.get("article", "")
        article = self.get_object(request, pk) if typed.number(pk) else None
        if pk and (article is None or not self.has_view_permission(request, article)):
            raise Http404("There is no such article.")
        if not pk and not self.has_add_permission(request):
            raise Http404("There is no such form.")
        by, at = cast(User, request.user), timezone.now()
        besides = {key for key in [_uuid(request.GET.get("key"))] if key}
        shown = kept.offers(article, to=by, at=at, besides=besides)
        may = rules.may_change(by, article) if article else True
        context = {"kept": shown, "may_keep": may, "original": article}
        return TemplateResponse(request, "admin/articles/article/_offers.html", context)

    @method_decorator(never_cache)
    def kept_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A GET shows the words beside what stands there now; a POST throws them away."""
        row = self._row(request, key)
        if row is None:
            raise Http404("These words are not there any more.")
        if request.method == "POST":
            drafting.let_go(key, by=cast(User, request.user))
            messages.success(request, "What you typed and did not save is thrown away.")
            return HttpResponseRedirect(_form_page(request, row))
        article = cast(Article | None, self.get_object(request, str(row.article_id))) if row.article_id else None
        may = rules.may_change(request.user, article) if article else row.article_id is None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Not saved",
            "original": article,
            "row": row,
            "may_take_up": may,
            "at": words.moment(row.saved_at),
            "headline": kept.headline(row),
            "fields": kept.side_by_side(ArticleForm(instance=article), row),
            "form_page": _form_page(request, row),
        }
        return TemplateResponse(request, "admin/articles/article/kept.html", context)

    # Others

    def take_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        article = get_object_or_404(Article, pk=pk)
        by, at, key = cast(User, request.user), timezone.now(), _uuid(request.POST.get("key"))
        page = HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))
        if request.method != "POST" or key is None:
            return page
        if presence.take_over(article, by=by, key=key, at=at):
            messages.success(request, "You hold this article now. Whoever held it is told, and keeps their words.")
        return page

    @admin.display(description="State", ordering="status")
    def state(self, article: Article) -> str:
        """With who is in it now. One query for all rows of the list: `presence.for_a_list`."""
        return format_html("{}{}", words.state_in_a_word(article), company.mark(getattr(article, "here", [])))


def _company(request: HttpRequest, article: Article, by: User, key: UUID, version: int, at: datetime) -> dict[str, Any]:
    if "_leave" in request.POST:
        presence.leave(article, by=by, key=key)
    else:
        presence.beat(article, by=by, key=key, at=at, hidden="_hidden" in request.POST)
    return {"version": article.version, **company.told(article, to=by, key=key, version=version, at=at)}


def _let_go_of_taken(request: HttpRequest, by: User) -> None:
    """They stand under the new form's key now; unless the window they come from went on."""
    key, _, moment = request.POST.get(TAKEN, "").partition("@")
    if (former := _uuid(key)) and (as_of := _moment(moment)):
        drafting.let_go(former, by=by, as_of=as_of)


def _moment(told: str) -> datetime | None:
    try:
        moment = parse_datetime(told)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def _uuid(told: str | None) -> UUID | None:
    try:
        return UUID(told or "")
    except ValueError:
        return None


def _keeper(article: Article | None) -> str:
    if article:
        return reverse("admin:articles_article_autosave", args=[article.pk])
    return reverse("admin:articles_article_autosave_new")


def _form_page(request: HttpRequest, row: Autosave) -> str:
    if row.article is None:
        return reverse("admin:articles_article_add")
    if rules.may_see(request.user, row.article):
        return reverse("admin:articles_article_change", args=[row.article.pk])
    return reverse("admin:index")


def _refused(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
