from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from articles import pages, synonyms, tagging
from articles.admin.taxonomy_forms import MergeForm, SectionRow, TagForm
from articles.admin.telling import Told
from articles.fields import SlugFromTitle
from articles.models import Author, Kind, Section, Synonym, Tag, TaggedArticle, Tally
from articles.readdressing import path_of, readdress
from articles.slugs import save_under_a_free_slug
from newsroom.choosing import Chooses
from newsroom.keyset import KeysetList
from newsroom.lists import MOST_COUNTED, ShortCount
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
class AuthorAdmin(Chooses, Told, WithAddress):
    list_display = ["name", "email"]
    sortable_by = ["name"]
    paginator = ShortCount
    search_fields = ["name"]
    autocomplete_fields = ["portrait", "user"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return KeysetList

    def get_urls(self) -> list[URLPattern]:
        suggest = path("suggest/", self.admin_site.admin_view(self.suggest_view), name="articles_author_suggest")
        return [suggest, *super().get_urls()]

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """Names of authors that begin with what is typed above the list of articles."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the authors.")
        typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        found = Author.objects.filter(name__istartswith=typed) if typed else Author.objects.none()
        return JsonResponse({"names": list(dict.fromkeys(found.values_list("name", flat=True)[:8]))})

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

    @admin.display(description="Signs in as")
    def sign_in(self, author: Author) -> str:
        return author.user.username if author.user else ""


class TagList(KeysetList):
    """With how many published articles carry each: from the tallies, one query for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        numbers = Tally.objects.entries([(Kind.TAG.value, tag.pk) for tag in self.result_list])
        for tag in self.result_list:
            tag.number = numbers.get((Kind.TAG.value, tag.pk), 0)


class InUse(admin.SimpleListFilter):
    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("none", "On no article")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> QuerySet[Tag]:
        carried = TaggedArticle.objects.filter(tag=OuterRef("pk"))
        return queryset.filter(~Exists(carried)) if self.value() == "none" else queryset


@admin.register(Tag)
class TagAdmin(Chooses, Told):
    form = TagForm
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "articles", "also", "description"]
    list_filter = [InUse]
    sortable_by = ["name"]
    search_fields = ["name"]
    search_help_text = "Letters of a name or of a synonym."
    ordering = ["name"]
    autocomplete_fields = ["image", "related"]
    paginator = ShortCount
    show_full_result_count = False
    actions = ["merge"]

    def get_fields(self, request: HttpRequest, obj: Tag | None = None) -> Any:
        """Which tags stand often beside it is asked where there is one, and where it is found."""
        fields = ["name", "slug", "synonyms", "description", "image", "related"]
        return [*fields, "often"] if obj and self._together(obj) else fields

    def _together(self, tag: Any) -> list[tuple[Tag, int]]:
        if not hasattr(tag, "together_found"):  # the stock form asks for its fields several times
            tag.together_found = tagging.often_together(tag)
        found: list[tuple[Tag, int]] = tag.together_found
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TagList]:
        return TagList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).prefetch_related("synonyms")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Tag], search_term: str) -> tuple[QuerySet[Tag], bool]:
        typed = search_term.replace("\x00", "").strip()[:100]
        meant = Synonym.objects.filter(name__icontains=typed).values("tag")
        return (queryset.filter(Q(name__icontains=typed) | Q(pk__in=meant)) if typed else queryset), False

    @admin.display(description="Published articles")
    def articles(self, tag: Tag) -> int:
        return tag.number  # TagList counts

    @admin.display(description="Synonyms")
    def also(self, tag: Tag) -> str:
        return ", ".join(synonym.name for synonym in tag.synonyms.all())

    @admin.display(description="Synonyms")
    def synonyms(self, tag: Tag) -> str:
        """What the form shows to those who may only look."""
        return self.also(tag)

    def seen(self, row: Tag | None) -> pages.Faces:
        return pages.of_tag(row) if row else {}

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        by: Any = request.user
        with transaction.atomic():
            tagging.lock_names()
            if change:
                tagging.rename(obj, name=obj.name, slug=obj.slug, by=by)
            before = self.seen(Tag.objects.get(pk=obj.pk) if change else None)
            save_under_a_free_slug(obj)
            pages.tell(before, self.seen(obj))
            if "synonyms" in form.cleaned_data:
                tagging.name_synonyms(obj, form.cleaned_data["synonyms"], by=None)
            if "related" in form.cleaned_data:
                tagging.relate(obj, [*form.cleaned_data["related"], *(form.cleaned_data.get("often") or [])], by=None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """`save_model` has related them already, and told it."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        number = self._carried([int(object_id)]) if object_id.isdecimal() and len(object_id) < 12 else 0
        return super().delete_view(request, object_id, {"carried": number, "most_counted": MOST_COUNTED} | (extra_context or {}))

    def _carried(self, tags: list[int]) -> int:
        """On how many articles they stand, drafts too; up to what is counted."""
        return TaggedArticle.objects.filter(tag__in=tags).order_by()[:MOST_COUNTED].count()

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        self.delete_queryset(request, Tag.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        with transaction.atomic():
            carried = list(TaggedArticle.objects.filter(tag__in=queryset).values_list("content_object_id", flat=True))
            touch(*(f"list:tag:{tag.pk}" for tag in queryset))
            super().delete_queryset(request, queryset)
            tagging.order_index(carried)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("suggest/", wrap(self.suggest_view), name="articles_tag_suggest"),
            path("found/", wrap(self.found_view), name="articles_tag_found"),
            *super().get_urls(),
        ]

    def found_view(self, request: HttpRequest) -> HttpResponse:
        """Tags that a text names: posted with the words of an article's form."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the tags.")
        texts = [request.POST.get(name, "") for name in ("headline", "standfirst", "body")]
        return JsonResponse({"names": synonyms.named_in(texts) if request.method == "POST" else []})

    def suggest_view(self, request: HttpRequest) -> HttpResponse:
        """Names of tags that begin with, or else contain, what is typed into an article's tag field; by synonyms too."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not see the tags.")
        typed = request.GET.get("q", "").replace("\x00", "").strip()[:100]
        names = synonyms.beginning(typed, 8) if typed else []
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
                "tags": [(tag, self._carried([tag.pk])) for tag in queryset],
                "carried": self._carried([tag.pk for tag in queryset]),
                "most_counted": MOST_COUNTED,
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
