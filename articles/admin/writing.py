"""What the form of an article shows besides its fields: who signs, and what somebody else wrote meanwhile."""

import json
from typing import Any

from articles import comparing, contents
from articles.admin import words
from articles.merging import Merge
from articles.models import Article, Author, Image, Revision, Section

ADD_TEXT, DELETE_TEXT = "Add another byline", "Remove"


def shown(form: Any, user: Any) -> dict[str, Any]:
    """For the template. A form that is only read has neither bylines to change nor anything to merge."""
    if not hasattr(form, "bylines") or "version" not in form.fields:
        return {}
    facts = {"name": "#bylines", "options": {"prefix": "bylines", "addText": ADD_TEXT, "deleteText": DELETE_TEXT}}
    told = {"bylines": form.bylines, "bylines_facts": json.dumps(facts)}
    return told | ({"merge": merging(form.instance, form.merge)} if form.merge else {})


def merging(article: Article, merge: Merge) -> dict[str, Any]:
    newest = Revision.objects.filter(article=article, number=article.version).select_related("by").first()
    mine, theirs = merge.merged, merge.theirs
    return {
        "who": who(newest) if newest else "Somebody",
        "version": article.version,
        "at": words.moment(newest.at, "H:i, j F") if newest else "",
        "taken": ", ".join(contents.LABELS[name].lower() for name in merge.taken),
        "clashes": [
            {
                "name": name,
                "label": contents.LABELS[name],
                "theirs": getattr(theirs, name) if name == "body" else told(name, theirs),
                "rows": compared(name, theirs, mine),
            }
            for name in merge.clashes
        ],
    }


def who(revision: Revision) -> str:
    return (revision.by.get_full_name() or revision.by.get_username()) if revision.by else "The newsroom"


def compared(name: str, before: contents.Content, after: contents.Content) -> list[comparing.Row]:
    """A field in two versions, ready to be shown side by side."""
    if name == "body":
        return comparing.side_by_side(comparing.paragraphs(before.body), comparing.paragraphs(after.body))
    return [comparing.marked(told(name, before), told(name, after))]


def told(name: str, content: contents.Content) -> str:
    """A field in words: names instead of keys."""
    value = getattr(content, name)
    if name == "authors":
        names = dict(Author.objects.filter(pk__in=value).values_list("pk", "name"))
        return ", ".join(names.get(pk, "somebody who is gone") for pk in value)
    if name == "section":
        return str(Section.objects.filter(pk=value).first() or "") if value else ""
    if name == "lead_image":
        return str(Image.objects.filter(pk=value).first() or "a picture that is gone") if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
