"""The labels in other languages: none is missing, none is said in vain, and what is compiled is what was written."""

import re
from string import Formatter

import pytest
from babel.messages.mofile import read_mo
from django.utils import translation

from newsroom import labels, tongues

EVERY = labels.catalogs()


def said(catalog):
    """{(context, sentence): translation}"""
    return {(_text(one.context), parts(one.id)): parts(one.string) for one in catalog if one.id}


def _text(context):
    """Babel leaves the contexts of a compiled file as bytes."""
    return context.decode() if isinstance(context, bytes) else context


def parts(told):
    """A sentence, or its forms for one and for several."""
    return (told,) if isinstance(told, str) else tuple(told or ())


def places(sentence):
    """What is filled in: “%(amount)s”, “{way}”."""
    return set(re.findall(r"%\((\w+)\)s", sentence)) | {name for _text, name, _form, _type in Formatter().parse(sentence) if name}


def links(sentence):
    return sorted(re.findall(r"<[^>]+>", sentence))


def test_every_language_of_labels_but_english_has_its_file():
    assert [path.parent.parent.name for path in EVERY] == sorted(set(tongues.SPOKEN) - {"en"})


@pytest.mark.parametrize("path", EVERY)
def test_no_marked_sentence_lacks_a_translation_and_none_is_translated_that_nobody_says(path):
    catalog = labels.read(path)
    assert said(catalog).keys() == said(labels.marked()).keys()
    assert [one.id for one in labels.untranslated(catalog)] == []
    assert [one.id for one in catalog if one.fuzzy and one.id] == []


@pytest.mark.parametrize("path", EVERY)
def test_a_translation_fills_in_nothing_else_and_has_the_same_links(path):
    for (_context, sentence), told in said(labels.read(path)).items():
        for one in told:
            assert places(one) <= places(sentence[-1]), sentence
            assert links(one) == links(sentence[0]), sentence


@pytest.mark.parametrize("path", EVERY)
def test_what_is_compiled_is_what_was_written(path):
    with path.with_suffix(".mo").open("rb") as file:
        assert said(read_mo(file)) == said(labels.read(path))


def test_a_template_without_a_mark_would_be_seen():
    """Every text of the donors' templates is marked: what is left between tags has no word in it."""
    assert unmarked() == []


def unmarked():
    found = []
    for path in labels.files():
        place = "/".join(path.parts)
        if path.suffix == ".py" or "templates/campaigns" not in place or "/sandbox/" in place or "/papers/" in place:
            continue
        text = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.S)
        text = re.sub(r"<[^>]*>", "", text)
        found += [f"{path.name}: {line.strip()}" for line in text.splitlines() if re.search(r"[^\W\d_]{2}", line)]
    return found


def test_a_language_without_labels_is_spoken_with_english_ones_and_writes_figures_in_its_manner():
    with tongues.speaking("de"):
        assert (translation.gettext("Amount"), tongues.labels(), tongues.manner()) == ("Amount", "en", "de")
    with tongues.speaking("es"):
        assert (translation.gettext("Amount"), tongues.labels(), tongues.manner()) == ("Importe", "es", "es")
    assert (translation.gettext("Amount"), tongues.labels()) == ("Amount", "")
