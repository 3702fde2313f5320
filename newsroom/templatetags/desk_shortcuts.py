"""Shortcuts on the links and buttons that they press."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from newsroom.shortcuts import EVERYWHERE, GROUPS, IN_THE_TEXT, ON_AN_ARTICLE, Shortcut

register = template.Library()


@register.simple_tag
def shortcut(name: str) -> SafeString:
    """`<a href="…" {% shortcut "desk" %}>`"""
    known = (EVERYWHERE | ON_AN_ARTICLE)[name]
    aria = format_html(' aria-keyshortcuts="{}"', known.for_aria) if known.for_aria else ""
    return format_html('data-shortcut="{}"{}', known.keys, aria)


@register.filter
def pressed(told: Shortcut) -> SafeString:
    """<kbd>Ctrl</kbd> + <kbd>S</kbd>"""
    steps = (format_html_join(" + ", "<kbd>{}</kbd>", ((key,) for key in step)) for step in told.steps)
    return format_html_join(" then ", "{}", ((step,) for step in steps))


@register.simple_tag
def shortcuts_in_the_text() -> SafeString:
    """For the dialog: the text editor's own, which have no button that a template writes."""
    rows = format_html_join("", '<li data-keys="{}">{}</li>', ((each.keys, each.label) for each in IN_THE_TEXT.values()))
    return format_html('<ul hidden data-shortcuts-in="In the text">{}</ul>', rows)


@register.simple_tag
def shortcut_groups() -> dict[str, list[Shortcut]]:
    return {heading: list(group.values()) for heading, group in GROUPS.items()}
