"""Which addresses there are. The apps know: each may have a module `locations` with `first()` and `every()`."""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from urllib.parse import unquote

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def first() -> Iterator[str]:
    """What readers and their programs ask for first, as decoded paths."""
    return _distinct("first")


def every() -> Iterator[str]:
    """Every public address: those above, then all others, newest first."""
    return _distinct("first", "every")


def _distinct(*names: str) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        for module in _modules():
            for address in getattr(module, name)():
                if (path := unquote(address)) not in seen:
                    seen.add(path)
                    yield path


def _modules() -> list[ModuleType]:
    having = [app for app in apps.get_app_configs() if app.module and module_has_submodule(app.module, "locations")]
    return [import_module(f"{app.name}.locations") for app in having]
