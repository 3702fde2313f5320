"""What a WordPress export holds: a site, and its authors, terms and items, as they stand in the file."""

import re
from dataclasses import dataclass, field

KEPT_META = re.compile(
    r"_thumbnail_id|_wp_attached_file|_wp_attachment_image_alt|_wp_attachment_metadata|_wp_old_slug|enclosure|footnotes"
    r"|_yoast_wpseo_primary_category|rank_math_primary_category|_primary_category|_?cap-(?:display_name|user_login|linked_account)"
    r"|_?(?:media_credit|credit|navis_media_credit|source_credit)"
)


@dataclass(slots=True)
class Site:
    title: str = ""
    link: str = ""
    language: str = ""
    exported: str = ""
    version: str = ""
    base_site_url: str = ""
    base_blog_url: str = ""


@dataclass(slots=True)
class Author:
    login: str
    name: str


@dataclass(slots=True)
class Term:
    taxonomy: str
    id: str
    slug: str
    name: str
    parent: str
    description: str


@dataclass(slots=True)
class Item:
    place: int  # the how manieth item of the file
    line: int
    id: str
    type: str
    status: str
    title: str
    link: str
    guid: str
    creator: str
    content: str
    excerpt: str
    slug: str
    date: str
    date_gmt: str
    pub_date: str
    modified: str
    modified_gmt: str
    parent: str
    password: str
    sticky: bool
    attachment_url: str
    terms: list[tuple[str, str, str]]  # (domain, slug, name), as they stand in the file
    meta: dict[str, list[str]]
    other_meta: list[str]  # keys of custom fields that nothing here understands
    comments: int
    oversized: list[str]  # fields left out because they are larger than FIELD_LIMIT


@dataclass(slots=True)
class Record:
    kind: str
    line: int
    place: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)
    comments: int = 0
    oversized: list[str] = field(default_factory=list)
    key: str = ""  # of the custom field being read

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()


def terms_in(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Each term once. WXR 1.0 writes them twice, without and with a slug; what came before it, only without."""
    with_slug = [term for term in found if term[1]]
    return list(dict.fromkeys(with_slug or [(domain or "category", "", name) for domain, _, name in found if name]))


def made(record: Record) -> Author | Term | Item:
    get = record.get
    if record.kind == "wp:author":
        name = get("wp:author_display_name") or f"{get('wp:author_first_name')} {get('wp:author_last_name')}".strip()
        return Author(login=get("wp:author_login"), name=name)
    if record.kind != "item":
        return Term(
            taxonomy={"wp:category": "category", "wp:tag": "post_tag"}.get(record.kind) or get("wp:term_taxonomy"),
            id=get("wp:term_id"),
            slug=get("wp:category_nicename") or get(f"{record.kind}_slug"),
            name=get("wp:cat_name") or get(f"{record.kind}_name"),
            parent=get(f"{record.kind}_parent"),
            description=get(f"{record.kind}_description"),
        )
    meta: dict[str, list[str]] = {}
    for key, value in record.meta:
        if KEPT_META.fullmatch(key):
            meta.setdefault(key, []).append(value)
    return Item(
        place=record.place,
        line=record.line,
        id=get("wp:post_id"),
        type=get("wp:post_type"),
        status=get("wp:status"),
        title=get("title"),
        link=get("link"),
        guid=get("guid"),
        creator=get("dc:creator") or get("wp:author"),
        content=record.fields.get("content:encoded", ""),
        excerpt=get("excerpt:encoded"),
        slug=get("wp:post_name"),
        date=get("wp:post_date"),
        date_gmt=get("wp:post_date_gmt"),
        pub_date=get("pubDate"),
        modified=get("wp:post_modified"),
        modified_gmt=get("wp:post_modified_gmt"),
        parent=get("wp:post_parent"),
        password=record.fields.get("wp:post_password", ""),
        sticky=get("wp:is_sticky") == "1",
        attachment_url=get("wp:attachment_url"),
        terms=terms_in(record.terms),
        meta=meta,
        other_meta=[key for key, _ in record.meta if key not in meta],
        comments=record.comments,
        oversized=record.oversized,
    )
