"""What was sent, against the SDK's own typed parameters: an unknown name, a wrong type or a value that no list has is told."""

import re
import sys
import types
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import RequestOptions
from typing_extensions import is_typeddict

PART = re.compile(r"\[([^\]]*)\]")
OPTIONS = set(RequestOptions.__annotations__)  # said in headers, never in a form
PLAIN: dict[object, re.Pattern[str]] = {
    int: re.compile(r"-?[0-9]+"),
    bool: re.compile(r"true|false"),
    float: re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    str: re.compile(r".*", re.DOTALL),
}


def parsed(form: str) -> dict[str, Any]:
    """“a[0][b]=c” → {"a": [{"b": "c"}]}. Everything is text in a form."""
    told: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form)):
        head, *parts = [name.partition("[")[0], *PART.findall(name)]
        place, key = told, head
        for part in parts:
            place, key = place.setdefault(key, {}), part
        place[key] = value
    return {name: _with_lists(value) for name, value in told.items()}


def complaints(told: Any, hint: Any, where: str = "", module: types.ModuleType | None = None) -> list[str]:
    """Sentences about what the type does not allow; none when it does."""
    if isinstance(hint, str | ForwardRef):
        text = hint if isinstance(hint, str) else hint.__forward_arg__
        hint = eval(text, dict(vars(module or sys.modules[__name__])))  # the SDK's own annotations
    if get_origin(hint) in {NotRequired, Required}:
        return complaints(told, get_args(hint)[0], where, module)
    if is_typeddict(hint):
        return _of_fields(told, hint, where)
    if get_origin(hint) in {Union, types.UnionType}:
        return _of_union(told, list(get_args(hint)), where, module)
    if get_origin(hint) is Literal:
        return [] if told in get_args(hint) else [f"{where} is {told!r}, none of {get_args(hint)}"]
    if get_origin(hint) is list:
        if not isinstance(told, list):
            return [f"{where} is no list"]
        return [wrong for i, one in enumerate(told) for wrong in complaints(one, get_args(hint)[0], f"{where}[{i}]", module)]
    if get_origin(hint) is dict:
        return [] if isinstance(told, dict) and all(isinstance(value, str) for value in told.values()) else [f"{where} is no map"]
    if hint in PLAIN:
        return [] if isinstance(told, str) and PLAIN[hint].fullmatch(told) else [f"{where} is {told!r}, no {hint.__name__}"]
    return [f"{where} cannot be {told!r}"]


def _of_fields(told: Any, hint: Any, where: str) -> list[str]:
    if not isinstance(told, dict):
        return [f"{where} is no object"]
    known = {name: of for name, of in hint.__annotations__.items() if name not in OPTIONS}
    wrong = [f"{where}.{name} is unknown" for name in told if name not in known]
    wrong += [f"{where}.{name} is missing" for name, of in known.items() if name not in told and not _may_miss(of)]
    module = sys.modules[hint.__module__]
    return wrong + [
        one for name in told if name in known for one in complaints(told[name], known[name], f"{where}.{name}", module)
    ]


def _may_miss(hint: Any) -> bool:
    return get_origin(hint) is NotRequired or "NotRequired[" in str(getattr(hint, "__forward_arg__", hint))[:40]


def _of_union(told: Any, members: list[Any], where: str, module: types.ModuleType | None) -> list[str]:
    """`Literal[…] | str` is the SDK's way of leaving lists open: here they are closed."""
    if any(get_origin(member) is Literal and get_args(member) != ("",) for member in members):
        members = [member for member in members if member is not str]
    answers = [complaints(told, member, where, module) for member in members]
    return [] if any(not answer for answer in answers) else min(answers, key=len)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    value = {name: _with_lists(one) for name, one in value.items()}
    return list(value.values()) if list(value) == [str(i) for i in range(len(value))] else value
