from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles import contents, drafting
from articles.admin import sending, thumbnails, verbs, words, writing
from articles.admin.access import ArticleAccess
from articles.admin.beside import Beside
from articles.admin.checks import Checks
from articles.admin.correcting import Corrections
from articles.admin.keeping import Keeping
from articles.admin.lists import ArticleLists
from articles.admin.talk import Talk
from articles.admin.versions import Versions
from articles.forms import ArticleForm
from articles.models import Article
from articles.models.articles import ArticleQuerySet
from articles.richtext import sanitise
from articles.views import previews
from articles.views.article import with_its_page
from newsroom.auditing import Audited
from newsroom.choosing import Chooses

PICTURE = ["lead_image", "picture", "picture_alt", "picture_caption", "picture_credit", ("picture_focal_x", "picture_focal_y")]
WRITTEN: list[Any] = [
    (None, {"fields": ["headline", "standfirst", "body"], "classes": ["desk-text"]}),
    ("Lead picture", {"fields": ["picture_preview", *PICTURE], "classes": ["desk-picture"]}),
    ("In lists", {"fields": ["summary"], "classes": ["desk-text"]}),
    (
        "Republished from elsewhere",
        {
            "fields": ["source_outlet", "source_author", "source_url", "source_licence"],
            "classes": ["collapse"],
            "description": "For pieces that others published first. Printed under the text and told to search engines.",
        },
    ),
    ("Where it belongs", {"fields": ["section", "tags", "language", "slug", "without_appeal"], "classes": ["desk-side"]}),
    ("This version", {"fields": ["note"], "classes": ["desk-side"]}),
]
READ: list[Any] = [
    (None, {"fields": ["headline", "standfirst", "body_as_read", "picture_preview", "summary"]}),
    (None, {"fields": ["section", "tags_as_read", "language", "slug"], "classes": ["desk-side"]}),
]


@admin.register(Article)
class ArticleAdmin(Chooses, Audited, ArticleAccess, Beside, Keeping, Versions, Checks, Corrections, Talk, ArticleLists):
    form = ArticleForm

    class Media:
        js = ["admin/js/jquery.init.js", "admin/js/inlines.js"]  # the stock way to add and remove rows: bylines use it

    autocomplete_fields = ["lead_image"]
    prepopulated_fields = {"slug": ["headline"]}

    # The form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Article | None:
        """With the newest text in it, which readers may not see yet."""
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST":  # nobody publishes or withdraws it between reading and saving
            article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if article:
            article.drafted = drafting.current(article)  # the form asks for it again
            contents.lay_over(article, article.drafted)
        return article

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        with transaction.atomic():  # who posts to it has the row locked as well
            return super().history_view(request, object_id, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Article | None = None) -> Any:
        if obj and not self.has_change_permission(request, obj):
            return READ
        if self.may_send_pictures(request):
            return WRITTEN
        return [*WRITTEN[:1], ("Lead picture", {"fields": ["lead_image"]}), *WRITTEN[2:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> list[str]:
        return ["picture_preview"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        rows = {"standfirst": 2, "summary": 4}.get(db_field.name)
        if field and rows:
            field.widget.attrs["rows"] = rows
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            for deed in ("add", "change", "delete", "view"):  # each has a page of its own: the form stays calm
                setattr(field.widget, f"can_{deed}_related", False)
        return field

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.by = request.user
        tags = {"data-suggest": reverse("admin:articles_tag_suggest"), "data-found": reverse("admin:articles_tag_found")}
        form.base_fields["tags"].widget.attrs |= tags
        return form

    def get_view_on_site_url(self, obj: Article | None = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.is_public else None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        article = kwargs.get("obj")
        context["state"] = words.state(article) if article else "New: not saved yet"
        context["title"], context["subtitle"] = str(article or "New article"), None
        context["once"] = sending.new_key(request)
        context["verbs"] = verbs.grouped(article, to=request.user)  # type: ignore[arg-type]
        context |= self.talk_shown(request, article) | self.beside_shown(request, article)
        context |= self.corrections_shown(request, article)
        context |= writing.shown(context["adminform"].form, request.user)
        context |= self.checks_shown(context["adminform"].form, article)
        context["save_label"] = "Save draft" if article is None or article.status == "draft" else "Save"
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Now")
    def picture_preview(self, article: Article) -> SafeString:
        """What the picture is; desk-picture.js lets the focal point be set by a click."""
        shown = format_html('<img src="{}" alt="">', thumbnails.address(article.lead_image)) if article.lead_image else ""
        return format_html(
            '<div class="desk-focus" data-facts="{}">{}</div><p class="desk-none">No picture yet.</p>',
            reverse("admin:articles_image_facts", args=[0]),
            shown,
        )

    @admin.display(description="Text")
    def body_as_read(self, article: Article) -> SafeString:
        return format_html('<div class="desk-read">{}</div>', mark_safe(sanitise(article.body)))  # noqa: S308

    @admin.display(description="Tags")
    def tags_as_read(self, article: Article) -> str:
        return ", ".join(article.tags.names())

    # Preview

    def get_urls(self) -> list[URLPattern]:
        preview = path("<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="articles_article_preview")
        return [preview, *super().get_urls()]

    @method_decorator(previews.private)
    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The article as readers would see it, for those who may see it here. Never kept, never indexed."""
        article = get_object_or_404(with_its_page(cast(ArticleQuerySet, self.get_queryset(request))), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied("You may not see this article.")
        mark = "Preview: this is how the newest saved text will look. Readers do not see this page."
        return previews.page(request, article, drafting.current(article), at=timezone.now(), mark=mark)

    # Saving

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A form that comes twice (a double click, a page loaded again) makes one article; its button is obeyed again."""
        key = sending.fingerprint(request) if request.method == "POST" and self.has_add_permission(request) else None
        if key is None:
            return super().add_view(request, form_url, extra_context)
        with transaction.atomic():
            article = sending.begun_before(key)
            if article:
                return self.response_add(request, article)
            return super().add_view(request, form_url, extra_context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody may publish an article while its writer types: a refusal shows what was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except PermissionDenied as refusal:
            if request.method != "POST":
                raise
            self.keep_refused(request, kwargs.get("object_id", args[0] if args else None))
            return sending.refused(request, self.admin_site.each_context(request), str(refusal))

    def save_model(self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool) -> None:
        if self.may_send_pictures(request):
            form.keep_picture()
        by, at, note = cast(User, request.user), timezone.now(), form.cleaned_data.get("note") or ""
        key = form.cleaned_data.get("key")
        if change:  # the form has compared the versions, under the lock that get_object took
            drafting.save(obj, form.content(), by=by, at=at, expected=None, note=note, form=key)
        else:
            obj.begun_with = sending.fingerprint(request)
            drafting.begin(obj, form.content(), by=by, at=at, note=note, form=key)
        self.was_saved(request, obj, key)

    def save_related(self, request: HttpRequest, form: ArticleForm, formsets: Any, change: bool) -> None:
        """Bylines and tags belong to the text, which is kept already."""

    def response_add(self, request: HttpRequest, obj: Article, post_url_continue: str | None = None) -> HttpResponse:
        return super().response_add(request, obj) if IS_POPUP_VAR in request.POST else self.after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return super().response_change(request, obj) if IS_POPUP_VAR in request.POST else self.after_saving(request, obj)

    def after_saving(self, request: HttpRequest, article: Article) -> HttpResponse:
        """Do what the button says, say what was done, and stay with the article."""
        link = format_html('<a href="{}">{}</a>', reverse("admin:articles_article_change", args=[article.pk]), article)
        try:
            done = self.act(request, article)
        except ValidationError as refusal:
            saved = format_html("“{}” is saved, but not more than that. {}", link, " ".join(refusal.messages))
            self.message_user(request, saved, messages.ERROR)
        else:
            self.message_user(request, format_html("“{}” {}.", link, done), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def act(self, request: HttpRequest, article: Article) -> str:
        verb = verbs.asked(request.POST)
        self.keep_comment(request, article, verb)
        if verb is None:
            saved = Article.objects.get(pk=article.pk)
            return "is saved. Readers see it as it was until you publish the changes" if saved.has_changes else "is saved"
        after = self.obey(request, article, verb)
        self.log_change(request, article, f"{verb.label}.")
        return verbs.said_after(verb, after)
