from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from newsroom import alarms, audit, failed, keeping, signin, watching
from newsroom.models import Alarm
from newsroom.origin import is_foreign
from newsroom.pages.edge import outbox
from newsroom.people import factors, noting, sessions

SIGN_IN = "Sign in"
# Tables of django-allauth hold secrets, and our own pages stand for them; our tags are not in taggit's own table.
NOT_SHOWN = {"account", "mfa", "usersessions", "taggit"}


class Desk(AdminSite):
    """The stock admin under our name, with a limit on how often a password may be tried. Whoever has to sign in again while
    writing finds the words back."""

    site_header = "Newsroom"
    site_title = "Newsroom"
    index_title = "Desk"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        super().register([model for model in models if model._meta.app_label not in NOT_SHOWN], *args, **options)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """An editor who published sees it here when readers cannot. Alarms stand on top for those who look after them."""
        watching.look(at=timezone.now())
        extra_context = (extra_context or {}) | {"alarms": alarms.standing(request.user)}
        if trouble := outbox.trouble(at=timezone.now()):
            messages.warning(request, trouble)
        return super().index(request, extra_context)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The stock way to a row's page asks no permission, and some pages are known by a secret: ours stands before it."""
        guarded = path("r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site")
        seen = path("alarms/<int:pk>/seen/", self.admin_view(self.alarm_seen), name="alarm_seen")
        failed_job = path("jobs/<int:pk>/", self.admin_view(self.failed_job), name="failed_job")
        shortcuts = path("shortcuts/", self.admin_view(self.shortcuts), name="shortcuts")
        return [guarded, seen, failed_job, shortcuts, *super().get_urls()]

    def shortcuts(self, request: HttpRequest) -> HttpResponse:
        return TemplateResponse(request, "admin/shortcuts.html", self.each_context(request) | {"title": "Keyboard shortcuts"})

    def failed_job(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody has it tried again, or lets it go."""
        if not failed.may_see(request.user):
            raise PermissionDenied("You may not see to jobs.")
        if request.method == "POST":
            by, at = cast(User, request.user), timezone.now()
            try:
                if "let_go" in request.POST:
                    failed.let_go(pk, by=by, at=at)
                elif "again" in request.POST:
                    failed.try_again(pk, by=by, at=at)
                    messages.success(request, "It is tried again.")
            except ValidationError as refusal:
                messages.error(request, " ".join(refusal.messages))
        return HttpResponseRedirect(reverse("admin:index"))

    def alarm_seen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody has seen to it. What lasts all the same is raised again by whoever notices."""
        if not (isinstance(request.user, User) and request.user.has_perm("newsroom.view_alarm")):
            raise PermissionDenied("You may not see alarms.")
        alarm = get_object_or_404(Alarm, pk=pk)
        if request.method == "POST" and alarms.over(alarm.key, at=timezone.now()):
            audit.record(request.user, "saw to", alarm)
        return HttpResponseRedirect(reverse("admin:index"))

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """To the public page of a row that this person may look at in the desk; 404 for everything else."""
        desk, row = self._row(content_type_id, object_id)
        if desk is None or row is None or not desk.view_on_site or not desk.has_view_permission(request, row):
            raise Http404("There is no such page.")
        return HttpResponseRedirect(row.get_absolute_url())

    def _row(self, content_type_id: int, object_id: str) -> "tuple[ModelAdmin[Any] | None, Any]":
        kind = ContentType.objects.filter(pk=content_type_id).first()
        model = kind.model_class() if kind else None
        desk = self._registry.get(model) if model else None
        if desk is None or not hasattr(model, "get_absolute_url"):
            return None, None
        try:
            return desk, desk.model._default_manager.filter(pk=object_id).first()
        except (ValueError, ValidationError):
            return None, None

    @method_decorator(never_cache)
    @method_decorator(sensitive_post_parameters("password"))
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The form is Django's. What follows a right password is allauth's: the second step, where there is one."""
        from newsroom.people.views import signing_in  # its pages are drawn by this class

        name, words = request.POST.get("username", ""), keeping.brought_by(request)
        if request.method == "POST" and not signin.may_try(request, name):
            return self.sign_in_page(request, words, signin.WAIT, status=429, headers={"Retry-After": "900"})
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        request.current_app = self.name
        context = self._login_context(request, words) | (extra_context or {})
        view = signing_in.PasswordView.as_view(
            extra_context=context, authentication_form=AdminAuthenticationForm, template_name="admin/login.html"
        )
        response = cast(HttpResponse, view(request))
        if request.method == "POST" and request.user.is_authenticated:
            signin.forget(request, name)
        if words and signing_in.waits_for_second_step(request, response):
            return signing_in.second_step_with(request)
        return self.keep(request, words, status=200) if words and response.status_code == 302 else response

    def _login_context(self, request: HttpRequest, words: keeping.Words | None) -> dict[str, Any]:
        context = {**self.each_context(request), "title": SIGN_IN, "words": words, "app_path": request.get_full_path()}
        context["username"] = request.user.get_username()
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        return context

    def sign_in_page(
        self, request: HttpRequest, words: keeping.Words | None, refusal: str, status: int = 200, **options: Any
    ) -> HttpResponse:
        context = self._signing_in(request, words) | {"refusal": refusal}
        return TemplateResponse(request, "admin/login.html", context, status=status, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The stock way leads somebody whose session is over to the sign-in, and what they typed nowhere. And whoever must
        have a second factor sets one up before any other page answers."""
        guarded = super().admin_view(keeping.showing_again(view), cacheable)
        is_first = getattr(view, "before_second_factor", False) or view in (self.logout, self.i18n_javascript)

        @wraps(guarded)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                words = keeping.brought_by(request)
                return self.keep(request, words) if words else guarded(request, *args, **kwargs)
            sessions.see(request, at=timezone.now())
            if not is_first and factors.is_missing(cast(User, request.user)):
                return self.set_up_first(request)
            return guarded(request, *args, **kwargs)

        return kept

    def set_up_first(self, request: HttpRequest) -> HttpResponse:
        words = keeping.brought_by(request)
        return self.keep(request, words) if words else HttpResponseRedirect(reverse("mfa_index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The person is told by mail; who else had the former password is signed out."""
        with transaction.atomic():
            response = super().password_change(request, extra_context)
            if request.method == "POST" and response.status_code == 302:
                person, now = cast(User, request.user), timezone.now()
                sessions.end(person)
                sessions.begin(request, person, at=now)
                noting.note(person, "password_changed", by=person, at=now)
        return response

    @method_decorator(never_cache)
    def keep(self, request: HttpRequest, words: keeping.Words, status: int = 403) -> HttpResponse:
        """A page that holds what was typed: a button that shows it in its form; the sign-in, where that has to come first."""
        if self.has_permission(request):
            missing = factors.is_missing(cast(User, request.user))
            context = {**self.each_context(request), "title": "What you typed is still here", "words": words, "missing": missing}
            return TemplateResponse(request, "admin/again.html", context, status=status)
        return TemplateResponse(request, "admin/login.html", self._signing_in(request, words), status=status)

    def _signing_in(self, request: HttpRequest, words: keeping.Words | None) -> dict[str, Any]:
        return {
            **self.each_context(request),
            "title": SIGN_IN,
            "words": words,
            "app_path": reverse("admin:login"),
            "next": words.address if words else request.POST.get("next", ""),
            "form": AdminAuthenticationForm(request),
        }


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. Of a form that another site's page sent nothing is kept."""
    words = None if is_foreign(request) else keeping.brought_by(request)
    if words is None:
        return csrf.csrf_failure(request, reason)
    return cast(Desk, admin.site).keep(request, words)
