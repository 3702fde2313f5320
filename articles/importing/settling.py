"""Which of an export's authors, categories and tags are here already, and making those that are not."""

from dataclasses import dataclass, field
from typing import Any

from articles.importing import slugs
from articles.importing.report import Report
from articles.models import Author, FormerAddress, ImportedObject, Section, Synonym, Tag
from newsroom.pages import EVERYTHING, touch

UNCATEGORISED = "uncategorized"
NAVIGATION = 8  # sections that a navigation can show


@dataclass
class Wanted:
    key: str
    name: str
    slug: str
    description: str = ""
    parent: str = ""  # the key of the category above
    number: str = ""  # WordPress's own
    addresses: list[str] = field(default_factory=list)  # the last parts of its former addresses
    pk: int = 0


class Settling:
    """For one kind of term. Sections and tags have names of their own; two authors may share one."""

    def __init__(self, model: type[Author | Section | Tag], kind: str, source: str, report: Report) -> None:
        self.model, self.kind, self.source, self.report = model, kind, source, report
        self.named_once = model is not Author
        rows = list(model._default_manager.values_list("pk", "name", "slug"))
        self.slugs = {pk: slug for pk, _, slug in rows}
        self.by_name = {name.casefold(): pk for pk, name, _ in rows}
        if model is Tag:  # a synonym means its tag
            meant = Synonym.objects.values_list("name", "tag")
            self.by_name = {name.casefold(): pk for name, pk in meant} | self.by_name
        self.by_slug = {slug: pk for pk, _, slug in rows}
        self.taken = set(self.by_slug)
        before = ImportedObject.objects.filter(source=source, kind=kind)
        self.before = dict(before.values_list("key", "object_id"))
        self.fresh: list[Wanted] = []
        self.names: dict[str, Wanted] = {}  # of the fresh ones

    def settle(self, wanted: dict[str, Wanted], *, write: bool) -> None:
        same: list[tuple[Wanted, Wanted]] = []
        for each in wanted.values():
            if pk := self.here(each):
                each.pk, each.slug = pk, self.slugs.get(pk, each.slug)
            elif twin := self.twin(each, wanted):
                same.append((each, twin))
            else:
                self.add(each)
        self.report.counts[f"{self.kind}s"] += len(self.fresh)
        if write:
            self.make()
        for each, twin in same:
            each.pk, each.slug = twin.pk, twin.slug
        if write:
            self.remember(wanted)

    def here(self, each: Wanted) -> int:
        """The primary key of the one that is here already: from an earlier import, or under the same name or slug."""
        pk = self.before.get(each.key, 0)
        if pk and pk not in self.slugs:
            pk = self.merged_into(each.slug)
        return pk or self.by_name.get(each.name.casefold(), 0) or (self.by_slug.get(each.slug, 0) if self.named_once else 0)

    def merged_into(self, slug: str) -> int:
        """Where an editor has merged a tag into another since: the other one."""
        found = FormerAddress.objects.filter(path=f"/{self.kind}s/{slug}/").first()
        return (getattr(found, f"{self.kind}_id", None) or 0) if found else 0

    def twin(self, each: Wanted, wanted: dict[str, Wanted]) -> Wanted | None:
        """Of two tags with one name, the first stands for both. A section is told apart by the one above it."""
        twin = self.names.get(each.name.casefold()) if self.named_once else None
        if twin and self.model is Section:
            above = wanted.get(each.parent)
            ending = f" ({above.name if above else each.slug})"[:60]
            name = each.name[: 80 - len(ending)] + ending
            each.name = slugs.unique(name, 80, lambda name: name.casefold() in self.names)
            return None
        if twin:
            self.report.lost(f"{self.kind}s of one name, now one", f"{each.name}: {each.key}")
        return twin

    def add(self, each: Wanted) -> None:
        each.slug = slugs.unique(each.slug, self.model._meta.get_field("slug").max_length or 80, self.taken.__contains__)
        self.taken.add(each.slug)
        self.names[each.name.casefold()] = each
        self.fresh.append(each)

    def make(self) -> None:
        shown = Section.objects.filter(in_navigation=True).count() if self.model is Section else 0
        rows: list[Any] = []
        for each in self.fresh:
            row = self.model(name=each.name, slug=each.slug)
            if not isinstance(row, Author):
                row.description = each.description
            if isinstance(row, Section):
                row.in_navigation = not each.parent and each.key != UNCATEGORISED and shown < NAVIGATION
                shown += row.in_navigation
            rows.append(row)
        made = self.model._default_manager.bulk_create(rows, batch_size=1000)
        if made:
            touch(EVERYTHING)  # sections stand in the navigation, and any of them where a former address led elsewhere
        for each, row in zip(self.fresh, made, strict=True):
            each.pk = row.pk

    def remember(self, wanted: dict[str, Wanted]) -> None:
        ImportedObject.objects.bulk_create(
            [
                ImportedObject(source=self.source, kind=self.kind, key=each.key, object_id=each.pk)
                for each in wanted.values()
                if self.before.get(each.key) != each.pk
            ],
            update_conflicts=True,
            unique_fields=["source", "kind", "key"],
            update_fields=["object_id"],
            batch_size=1000,
        )
