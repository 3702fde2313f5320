"""The hands on the other side: what a donor and a bank do at each processor, for the suite that all of them are under.

A module a processor, whose `Hand` has `has_books`, `saves_methods` and `holds`, and `configured()`: a context in which its
other side answers, and which tells its line of settings.PROCESSORS. Those with books have the deeds of hands/sandbox.py,
whose docstrings say what each is to do, and `finds_all`: whether `find` knows also what is open and what was declined.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

HANDS: dict[str, Any] = {name: import_module(f"{__name__}.{name}").Hand() for _, name, _ in iter_modules(__path__)}
