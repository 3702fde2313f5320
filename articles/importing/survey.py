"""The first reading: is the file whole, what is in it, and what will each thing be called here. Writes nothing."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256

from articles.importing import slugs
from articles.importing.addresses import FormerSite
from articles.importing.clean import Attachment, plain
from articles.importing.index import Index
from articles.importing.media import names
from articles.importing.records import Author, Item, Term
from articles.importing.report import Report
from articles.importing.terms import Terms, addresses_of
from articles.importing.writable import shown
from articles.importing.wxr import Export
from articles.models import Article, FormerAddress, ImportedObject
from articles.readdressing import path_of

UNDERSTOOD = {"category", "post_tag", "tag", "author", "language", "post_format"}
KINDS = {"post": "articles", "page": "pages"}
NEVER = {"trash", "auto-draft", "inherit"}
SLUG_LENGTH = 200
AT_ONCE = 1000
SAMPLES = {"Hello world!", "Sample Page", "Auto Draft"}  # every site has them
REUSABLE_LIMIT = 200_000
MACHINE_MADE = re.compile(r"_[0-9a-f]{32}$")  # one custom field for each thing ever embedded
CREDIT = re.compile(r's:6:"credit";s:\d+:"(.*?)";s:\d')
CREDIT_FIELDS = ("_media_credit", "media_credit", "_navis_media_credit", "_source_credit", "_credit", "credit")


class Survey:
    def __init__(self, export: Export, index: Index, report: Report, progress: Callable[[int], None]) -> None:
        self.export, self.index, self.report, self.progress = export, index, report, progress
        self.terms = Terms()
        self.former: FormerSite | None = None
        self.source = ""
        self.waiting: list[tuple[Item, list[str]]] = []

    def run(self) -> None:
        """Raises Refused for a file that cannot be imported whole."""
        for record in self.export.records():
            if isinstance(record, Item):
                self.item(record)
            elif isinstance(record, Author):
                self.terms.author(record.login, record.name)
            else:
                self.term(record)
            self.progress(self.export.characters)
        self.know_site(None)
        self.enrol()

    def know_site(self, item: Item | None) -> None:
        if self.former is None:
            self.former = FormerSite.of(self.export.site, item)
            self.source = self.former.name(self.export.site, shown(self.export.path.name))

    def term(self, term: Term) -> None:
        if term.taxonomy == "category":
            self.terms.category(term.slug, term.name, description=term.description, parent=term.parent, number=term.id)
        elif term.taxonomy in {"post_tag", "tag"}:
            self.terms.tag(term.slug, term.name, description=term.description, number=term.id)
        else:
            self.report.lost(f"term of the taxonomy “{term.taxonomy}”: neither section nor tag", term.name)

    def item(self, item: Item) -> None:
        self.know_site(item)
        self.report.counts["comments, not carried"] += item.comments
        for name in item.oversized:
            self.report.lost("field larger than 16 MB, left out", f"line {item.line}: {name}")
        if item.type == "attachment":
            self.index.add_attachment(item.id, item.parent, attachment(item))
        elif item.type == "wp_block":
            self.index.add_reusable(item.id, item.content[:REUSABLE_LIMIT])
        elif item.type == "guest-author":
            name = first(item, "cap-display_name") or item.title
            self.terms.author(item.slug.removeprefix("cap-") or name, name)
        reason = unwanted(item)
        if reason:
            self.report.skipped[reason] += 1
            return
        self.report.custom_fields.update(MACHINE_MADE.sub("_…", key) for key in item.other_meta)
        self.terms.place(item)
        self.terms.sign(item)
        for domain, _, name in item.terms:
            if domain not in UNDERSTOOD:
                self.report.lost(f"term of the taxonomy “{domain}”: neither section nor tag", name, plain(item.title))
        self.waiting.append((item, keys_of(item)))
        if len(self.waiting) >= AT_ONCE:
            self.enrol()

    def enrol(self) -> None:
        """Give each waiting item the slug it will have here, and note where its former addresses lead."""
        keys = [key for _, keys in self.waiting for key in keys]
        rows = ImportedObject.objects.filter(source=self.source, kind="article", key__in=keys).values_list("key", "object_id")
        known = dict(rows)
        there = dict(Article.objects.filter(pk__in=set(known.values())).values_list("pk", "slug"))
        wanted = [wanted_slug(item) for item, _ in self.waiting]
        used = set(Article.objects.filter(slug__in=wanted).values_list("slug", flat=True)) | formerly_used(wanted)
        for (item, keys), slug in zip(self.waiting, wanted, strict=True):
            if self.index.has_key(keys):
                self.report.skipped["posts and pages that appear twice in the file"] += 1
                self.report.lost("post or page that appears twice: the first counts", f"line {item.line}: {plain(item.title)}")
                continue
            before = [known[key] for key in keys if key in known]
            slug = there.get(before[0], "") if before else slugs.unique(slug, SLUG_LENGTH, partial(self.taken, slug, used))
            self.index.add_post(item.place, keys, slug, "known" if before else "new")
            if slug and self.former:
                self.index.add_addresses(self.former.former_paths(item), "article", slug)
        self.waiting = []

    def taken(self, looked_up: str, used: set[str], slug: str) -> bool:
        if slug in used or self.index.has_slug(slug):
            return True
        return slug != looked_up and (Article.objects.filter(slug=slug).exists() or bool(formerly_used([slug])))

    def note_terms(self) -> None:
        """Once terms have their slugs here: where their former addresses lead."""
        base = self.former.base if self.former else ""
        for kind, term, paths in addresses_of(self.terms, base):
            self.index.add_addresses(paths, kind, term.slug)


def unwanted(item: Item) -> str:
    """Why an item is no article, or nothing."""
    if not item.type:
        return "items that do not say what they are"
    if item.type == "attachment":
        return "attachments (pictures come with the articles that show them)"
    if item.type not in KINDS:
        return f"items of the type “{item.type}”"
    if item.status in NEVER:
        return f"{KINDS[item.type]} with the status “{item.status}”"
    return ""


def keys_of(item: Item) -> list[str]:
    """What the item will be known by when the export comes again: any one of these is enough.

    WordPress's number alone would not do: a site begun anew at an old address counts from 1 again. So the number goes
    with the day, the address or the headline, of which an editor there may have changed one or two meanwhile.
    """
    if not item.id:
        return [digest(item.guid or item.link or f"{item.title} {item.date} {item.content[:500]}")]
    marks = [item.date_gmt or item.date, item.link if "?" not in item.link else "", "" if item.title in SAMPLES else item.title]
    return [f"{item.id[:40]} {digest(mark)}" for mark in marks if mark] or [item.id[:250]]


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def wanted_slug(item: Item) -> str:
    return slugs.sound(item.slug, SLUG_LENGTH) or slugs.sound(plain(item.title), 80) or f"{item.type}-{item.id or item.line}"


def formerly_used(slugs: Iterable[str]) -> set[str]:
    """Those under which readers still reach articles that have other slugs today."""
    paths = {path_of(Article(slug=slug)): slug for slug in slugs}
    there = FormerAddress.objects.filter(path__in=paths).values_list("path", flat=True)
    return {paths[path] for path in there}


def first(item: Item, *names: str) -> str:
    return next((value.strip() for name in names for value in item.meta.get(name, []) if value.strip()), "")


def attachment(item: Item) -> Attachment:
    address = item.attachment_url or item.guid
    serialised = first(item, "_wp_attachment_metadata")
    credit = CREDIT.search(serialised[:100_000])
    file = first(item, "_wp_attached_file")
    return Attachment(
        address=address,
        file=file or next(iter(names(address, None)), ""),
        alt=plain(first(item, "_wp_attachment_image_alt")),
        caption=plain(item.excerpt),
        credit=plain(first(item, *CREDIT_FIELDS)) or (plain(credit[1]) if credit else ""),
    )
