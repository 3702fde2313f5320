"""The rules of docs/house.md that a machine can hold: who may import whom, and what no template may contain."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["newsroom", "articles", "campaigns", "digest", "demo"]
EDGES = {"admin", "views", "feeds", "sitemaps", "forms", "management"}


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def python_files(app: str) -> list[Path]:
    return sorted((ROOT / app).rglob("*.py"))


@pytest.mark.parametrize("app", ORDER)
def test_an_app_imports_no_later_app(app: str):
    later = set(ORDER[ORDER.index(app) + 1 :])
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(app)
        for name in imports_of(path)
        if name.split(".")[0] in later
    ]
    assert offences == []


@pytest.mark.parametrize("app", ORDER[1:])
def test_models_and_verbs_know_nothing_of_admin_and_views(app: str):
    offences = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(app)
        if path.relative_to(ROOT / app).parts[0].removesuffix(".py") not in EDGES | {"urls", "apps", "templatetags", "sandbox"}
        for name in imports_of(path)
        if name.split(".")[0] == app and len(name.split(".")) > 1 and name.split(".")[1] in EDGES - {"management"} | {"urls"}
    ]
    assert offences == []


def test_processors_see_no_model_no_request_and_no_template():
    forbidden = (
        "campaigns.models",
        "campaigns.giving",
        "django.db",
        "django.http",
        "django.shortcuts",
        "django.template",
    )
    offences = [
        f"{path.name} imports {name}"
        for path in python_files("campaigns/processors")
        for name in imports_of(path)
        if name.startswith(forbidden)
    ]
    assert python_files("campaigns/processors")
    assert offences == []


def public_templates() -> list[Path]:
    return [path for path in (ROOT / "templates").rglob("*.*") if "mail" not in path.parts]


def test_no_template_has_an_inline_script_or_style_or_a_third_party_request():
    inline = re.compile(r"<script(?![^>]*(\bsrc=|application/ld\+json))|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", re.I)
    outside = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*\s(?:src|href|srcset)=[\"'](?:https?:)?//", re.I)
    offences = [
        str(path.relative_to(ROOT))
        for path in public_templates()
        if inline.search(path.read_text()) or outside.search(path.read_text())
    ]
    assert public_templates()
    assert offences == []


def test_no_two_template_libraries_have_a_tag_or_filter_of_one_name():
    """A template that loads both would get the one it loads last."""
    named: dict[str, list[str]] = {}
    for path in sorted(path for app in ORDER for path in (ROOT / app).glob("templatetags/[a-z]*.py")):
        library = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)).register
        for name in [*library.tags, *library.filters]:
            named.setdefault(name, []).append(path.stem)
    assert named
    assert {name: libraries for name, libraries in named.items() if len(libraries) > 1} == {}


# Files that give an article its status: the verbs; and what comes by COPY, thousands at a time, which no verb could do at that
# speed: the import, with the status of the former site, and content for measuring.
STATUS_IS_GIVEN_IN = {"articles/publishing.py", "articles/importing/preparing.py", "demo/bulk/storing.py"}
MAKERS = {"update", "create", "get_or_create", "update_or_create", "Article"}


def gives_a_status(source: str) -> bool:
    """Whether a file assigns `.status`, or names it to a constructor, to `update()` and their like, or in a dictionary."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [name for target in targets for name in ast.walk(target)]
            if any(isinstance(name, ast.Attribute) and name.attr == "status" for name in names):
                return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in MAKERS and any(word.arg == "status" for word in node.keywords):
                return True
            if called == "setattr" and any(isinstance(a, ast.Constant) and a.value == "status" for a in node.args):
                return True
        if isinstance(node, ast.Dict) and any(isinstance(key, ast.Constant) and key.value == "status" for key in node.keys):
            return True
    return False


def knows_articles(path: Path) -> bool:
    return path.is_relative_to(ROOT / "articles") or any(
        name in {"articles.models.Article", "articles.models.Status"} for name in imports_of(path)
    )


def test_only_the_verbs_change_an_articles_status():
    given_in = {
        str(path.relative_to(ROOT))
        for app in ORDER
        for path in python_files(app)
        if "migrations" not in path.parts and knows_articles(path) and gives_a_status(path.read_text())
    }
    assert given_in == STATUS_IS_GIVEN_IN


@pytest.mark.parametrize(
    "line",
    [
        "article.status = Status.PUBLISHED",
        "article.status, article.publish_at = 'published', None",
        "Article.objects.filter(pk=1).update(status=Status.WITHDRAWN)",
        "Article(headline='x', status='published')",
        "Article.objects.create(status=status)",
        "setattr(article, 'status', 'published')",
        "Article(**{'status': Status.PUBLISHED})",
    ],
)
def test_every_way_to_give_a_status_is_seen(line: str):
    assert gives_a_status(line)


@pytest.mark.parametrize("line", ["if article.status == 'draft': pass", "rows.filter(status='draft')", "status = article.status"])
def test_looking_at_a_status_is_no_change(line: str):
    assert not gives_a_status(line)
