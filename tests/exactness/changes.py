"""Every kind of change that readers can see, each a function of the town and of somebody at the desk."""

from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from articles import images, publishing, tagging
from articles.models import FormerAddress, Masthead, Section, Tag
from articles.readdressing import readdress
from digest import editions
from digest.models import Notice

type Town = SimpleNamespace
CHANGES: dict[str, Callable[[Town, Client], Any]] = {}


def change[F: Callable[[Town, Client], Any]](make: F) -> F:
    CHANGES[make.__name__] = make
    return make


HARMLESS = {"keep_an_article_as_it_is", "hand_in_a_draft", "schedule_a_draft", "save_a_draft", "rename_an_unused_tag"}
HARMLESS |= {"approve_a_draft", "plan_what_readers_see_later"}
HARMLESS |= {"write_news_that_nobody_sees_yet", "save_changes_that_wait", "discard_changes_that_waited", "name_a_synonym"}

# The desk


def post(desk: Client, address: str, **fields: Any) -> None:
    """The form as it is, but for these fields."""
    response = desk.get(address)
    assert response.status_code == 200, address
    form = response.context["adminform"].form
    data = {
        name: value
        for name, value in ((bound.html_name, bound.value()) for bound in form)
        if value is not None and value is not False
    }
    for name, value in list(data.items()):
        widget = form.fields[name].widget
        if hasattr(widget, "decompress") and name in data:
            data |= {f"{name}_{n}": part for n, part in enumerate(widget.decompress(value)) if part is not None}
            del data[name]
    for formset in response.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {bound.html_name: bound.value() for bound in management}
        for inline in formset.formset.forms:
            data |= typed_in(inline)
    if bylines := getattr(form, "bylines", None):
        data |= {bound.html_name: bound.value() for bound in bylines.management_form}
        for row in bylines.forms:
            data |= typed_in(row)
    response = desk.post(address, {**{k: v for k, v in data.items() if not hasattr(v, "read") and v is not None}, **fields})
    assert response.status_code == 302, (
        (response.context["adminform"].form.errors, data) if response.context else response.content[:500]
    )


def typed_in(inline: Any) -> dict[str, Any]:
    typed = {bound.html_name: (bound.value(), bound.field.widget) for bound in inline if bound.value() is not None}
    data: dict[str, Any] = {}
    for name, (value, widget) in typed.items():
        parts = widget.decompress(value) if hasattr(widget, "decompress") else None
        data |= {name: value} if parts is None else {f"{name}_{n}": part for n, part in enumerate(parts) if part is not None}
    return data


def admin(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


@change
def save_an_article_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.articles[6]), headline="From the desk", tags="Courts, Brand new", _update="1")


@change
def sign_an_article_otherwise_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.articles[9]), **{"bylines-0-DELETE": "on", "_update": "1"})


@change
def save_changes_that_wait(town: Town, desk: Client) -> None:
    post(
        desk,
        admin(town.articles[6]),
        headline="Not yet for readers",
        tags="Courts, Brand new",
        slug="not-yet",
        body="<p>New.</p>",
    )


@change
def discard_changes_that_waited(town: Town, desk: Client) -> None:
    save_changes_that_wait(town, desk)
    post(desk, admin(town.articles[6]), _discard="1")


@change
def publish_changes_with_a_new_address(town: Town, desk: Client) -> None:
    save_changes_that_wait(town, desk)
    publishing.publish_changes(town.articles[6], by=None, at=town.now)


@change
def restore_one_that_was_changed(town: Town, desk: Client) -> None:
    post(desk, admin(town.withdrawn), headline="Changed while it was away", _restore="1")


@change
def save_a_draft(town: Town, desk: Client) -> None:
    post(desk, admin(town.draft), headline="Still a draft")


@change
def rename_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.home), name="At home")


@change
def rename_a_section_out_of_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.hidden), name="Still hidden")


@change
def describe_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.world), description="Far away.")


@change
def readdress_a_section(town: Town, desk: Client) -> None:
    post(desk, admin(town.hidden), slug="out-of-sight")


@change
def reorder_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.home), position="9")


@change
def take_a_section_out_of_the_navigation(town: Town, desk: Client) -> None:
    post(desk, admin(town.world), in_navigation="")


@change
def add_a_section(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_section_add"), {"name": "Sport", "slug": "sport", "position": "4", "in_navigation": "on"})
    assert Section.objects.filter(slug="sport").exists()


@change
def delete_a_section(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_section_delete", args=[town.empty.pk]), {"post": "yes"})
    assert not Section.objects.filter(pk=town.empty.pk).exists()


@change
def rename_an_author(town: Town, desk: Client) -> None:
    post(desk, admin(town.ada), name="Ada B.")


@change
def readdress_an_author(town: Town, desk: Client) -> None:
    post(desk, admin(town.ben), slug="benjamin")


@change
def rewrite_a_biography(town: Town, desk: Client) -> None:
    post(desk, admin(town.ben), bio="Draws.")


@change
def take_an_authors_address_away(town: Town, desk: Client) -> None:
    post(desk, admin(town.ada), email="ada@example.org")


@change
def rename_a_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.water, name="Rivers", slug="water", by=None)


@change
def readdress_a_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.courts, name="Courts", slug="justice", by=None)


@change
def rename_a_tag_at_the_desk(town: Town, desk: Client) -> None:
    post(desk, admin(town.courts), name="Justice", slug="justice")


@change
def describe_a_tag(town: Town, desk: Client) -> None:
    post(desk, admin(town.courts), description="And prosecutors.")


@change
def rename_an_unused_tag(town: Town, desk: Client) -> None:
    tagging.rename(town.unused, name="Still unused", slug="unused", by=None)


@change
def merge_tags(town: Town, desk: Client) -> None:
    tagging.merge([town.water, town.courts], into=town.courts, by=None)


@change
def merge_tags_the_other_way(town: Town, desk: Client) -> None:
    tagging.merge([town.water, town.courts], into=town.water, by=None)


@change
def merge_the_last_of_a_tag(town: Town, desk: Client) -> None:
    lonely = Tag.objects.get(name="Lonely")
    tagging.merge([lonely], into=town.water, by=None)


@change
def delete_a_tag(town: Town, desk: Client) -> None:
    desk.post(reverse("admin:articles_tag_delete", args=[town.water.pk]), {"post": "yes"})
    assert not Tag.objects.filter(pk=town.water.pk).exists()


@change
def rename_the_newsroom(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), name="The Lantern")


@change
def change_the_tagline(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), tagline="By day")


@change
def describe_the_newsroom(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), description="Who we are.")


@change
def change_the_footer(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), footer="Printed here.")


@change
def say_who_to_write_to(town: Town, desk: Client) -> None:
    post(desk, admin(Masthead.objects.get()), contact_email="desk@example.org")


@change
def change_the_sign_up(town: Town, desk: Client) -> None:
    post(desk, admin(Notice.objects.get()), title="By mail")


@change
def add_a_former_address(town: Town, desk: Client) -> None:
    readdress(town.articles[0], former_path="/2019/05/story/")


@change
def delete_a_former_address(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/2019/tag/courts")
    desk.post(reverse("admin:articles_formeraddress_delete", args=[former.pk]), {"post": "yes"})
    assert not FormerAddress.objects.filter(pk=former.pk).exists()


@change
def correct_a_former_address(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/2019/05/story/")
    post(desk, admin(former), path="/2019/05/another/", article=str(former.article_id))


@change
def lead_a_former_address_of_a_list_elsewhere(town: Town, desk: Client) -> None:
    former = FormerAddress.objects.get(path="/authors/old-ben/")
    post(desk, admin(former), author=str(town.ada.pk))


# Pictures


@change
def describe_a_picture(town: Town, desk: Client) -> None:
    images.describe(town.images[1], by=None, alt="Another alt")


@change
def print_the_licence_of_a_picture(town: Town, desk: Client) -> None:
    images.describe(town.images[2], by=None, licence="CC BY 4.0", licence_shown=True)


@change
def caption_a_picture(town: Town, desk: Client) -> None:
    images.describe(town.images[2], by=None, caption="A caption", credit="By hand")


@change
def make_renditions_of_a_picture(town: Town, desk: Client) -> None:
    image, file = town.images[1], BytesIO()
    Pillow.new("RGB", (image.width, image.height), "teal").save(file, "PNG")
    images.keep(str(image.file), file.getvalue())
    images.make_renditions(image.pk)


@change
def describe_a_portrait(town: Town, desk: Client) -> None:
    images.describe(town.images[3], by=None, alt="A portrait")


# The digest


@change
def compose_an_edition(town: Town, desk: Client) -> None:
    assert editions.compose(town.now.date(), editions.since_last(until=town.now), at=town.now)


@change
def restore_what_leads_an_edition(town: Town, desk: Client) -> None:
    publishing.restore(town.mailed, by=None, at=town.now)
