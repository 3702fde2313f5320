from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from articles import pages, tagging
from articles.admin.telling import Told
from articles.forms import MergeForm, SectionRow, SlugFromTitle, TagForm
from articles.models import Author, Section, Tag, TaggedArticle
from articles.readdressing import path_of, readdress
from articles.slugs import save_under_a_free_slug
from newsroom.pages import touch


class WithAddress(admin.ModelAdmin):
    """A page whose slug may change: readers who know the former address are led on."""

    form: Any = SlugFromTitle
    prepopulated_fields = {"slug": ["name"]}
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_under_a_free_slug(obj)
        former = form.initial.get("slug") if change else None
        if former and former != obj.slug:
            readdress(obj, former_path=path_of(type(obj)(slug=former)))


@admin.register(Section)
class SectionAdmin(Told, WithAddress):
    list_display = ["name", "position", "in_navigation"]
    list_editable = ["position", "in_navigation"]
    fields = ["name", "slug", "description", "position", "in_navigation"]
    search_fields = ["name"]

    def seen(self, row: Section | None) -> pages.Faces:
        return pages.of_section(row)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[SectionRow]:
        return SectionRow


@admin.register(Author)
class AuthorAdmin(Told, WithAddress):
    list_display = ["name", "email"]
    search_fields = ["name"]
    autocomplete_fields = ["portrait", "user"]

    def seen(self, row: Author | None) -> pages.Faces:
        return pages.of_author(row) if row else {}

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["name", "email", "sign_in"] if request.user.has_perm("auth.view_user") else ["name", "email"]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return ["user"]

    def get_fields(self, request: HttpRequest, obj: Author | None = None) -> Any:
        """Who signs in is for those who look after people."""
        fields = ["name", "slug", "bio", "portrait", "email"]
        return [*fields, "user"] if request.user.has_perm("auth.view_user") else fields

    def save_model(self, request: HttpRequest, obj: Author, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            tagging.index_articles_of(obj)

    @admin.display(description="Signs in as", ordering="user__username")
    def sign_in(self, author: Author) -> str:
        return author.user.username if author.user else ""


@admin.register(Tag)
class TagAdmin(Told):
    form = TagForm
    fields = ["name", "slug", "description"]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "articles", "description"]
    search_fields = ["name"]
    ordering = ["name"]
    show_full_result_count = False
    actions = ["merge"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        taggings = TaggedArticle.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
        number = Subquery(taggings.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).annotate(number=Coalesce(number, 0))

    @admin.display(description="Articles", ordering="number")
    def articles(self, tag: Tag) -> int:
        return tag.number

    def seen(self, row: Tag | None) -> pages.Faces:
        return pages.of_tag(row) if row else {}

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        with transaction.atomic():
            if change:
                tagging.rename(obj, name=obj.name, slug=obj.slug, by=request.user)  # type: ignore[arg-type]
            before = self.seen(Tag.objects.get(pk=obj.pk) if change else None)
            save_under_a_free_slug(obj)
            pages.tell(before, self.seen(obj))

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        self.delete_queryset(request, Tag.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        with transaction.atomic():
            carried = list(TaggedArticle.objects.filter(tag__in=queryset).values_list("content_object_id", flat=True))
            touch(*(f"list:tag:{tag.pk}" for tag in queryset))
            super().delete_queryset(request, queryset)
            tagging.order_index(carried)

    def get_urls(self) -> list[URLPattern]:
        suggest = path("suggest/", self.admin_site.admin_view(self.suggest_view), name="articles_tag_suggest")
        return [suggest, *super().get_urls()]

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """Names of tags that begin with, or else contain, what is typed into an article's tag field."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the tags.")
        typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        names = list(Tag.objects.filter(name__istartswith=typed).values_list("name", flat=True)[:8]) if typed else []
        if typed and len(names) < 8:
            inside = Tag.objects.filter(name__icontains=typed).exclude(name__in=names)
            names += inside.values_list("name", flat=True)[: 8 - len(names)]
        return JsonResponse({"names": names})

    @admin.action(description="Merge into one tag", permissions=["change", "delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        if len(queryset) < 2:
            self.message_user(request, "Choose two tags or more to merge.", messages.WARNING)
            return None
        form = MergeForm(queryset, request.POST if "into" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Merge tags",
                "tags": queryset,
                "form": form,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/articles/tag/merge.html", context)
        into = form.cleaned_data["into"]
        names = [tag.name for tag in queryset if tag != into]
        try:
            tagging.merge(queryset, into=into, by=request.user)  # type: ignore[arg-type]
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        else:
            self.log_change(request, into, f"Merged {', '.join(names)} into it.")
            self.message_user(request, f"{', '.join(names)} merged into “{into}”. The former addresses lead there.")
        return HttpResponseRedirect(reverse("admin:articles_tag_changelist"))
