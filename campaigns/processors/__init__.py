"""The processors of settings.PROCESSORS: name → (dotted path, arguments). The name stays on every gift."""

from collections import Counter

from django.conf import settings
from django.utils.module_loading import import_string

from campaigns.processors.base import Processor, ProcessorFault


class UnknownProcessor(ProcessorFault):
    """No processor of this name is configured (any more)."""


def names() -> list[str]:
    """The configured ones, in the order in which donors are offered them."""
    return [name for name in settings.PROCESSORS if _is_allowed(name)]


def get(name: str) -> Processor:
    if name not in settings.PROCESSORS or not _is_allowed(name):
        raise UnknownProcessor(f"No payment processor “{name}” is set up here.")
    path, arguments = settings.PROCESSORS[name]
    processor: Processor = import_string(path)(**arguments)
    return processor


def labels() -> dict[str, str]:
    """What the desk calls the configured ones: as donors know them, and by name as well where two are called the same."""
    told = {name: get(name).label for name in names()}
    twice = [label for label, count in Counter(told.values()).items() if count > 1]
    return {name: f"{label} ({name})" if label in twice else label for name, label in told.items()}


def called(name: str) -> str:
    """One that is not configured any more has only the name in the books."""
    return labels().get(name, name)


def is_by_hand(name: str) -> bool:
    """Whether a person records what arrives this way. No for one that is not configured any more."""
    try:
        return get(name).by_hand
    except UnknownProcessor:
        return False


def by_hand() -> str:
    """The name under which gifts are booked that come without a form."""
    for name in names():
        if is_by_hand(name):
            return name
    raise UnknownProcessor("No way to give by hand, such as cheques, is set up here.")


def _is_allowed(name: str) -> bool:
    """The pretended bank pays nobody: it is there on trial only, whatever the setting says."""
    pretended = settings.PROCESSORS[name][0].startswith("campaigns.processors.sandbox.")
    return not pretended or settings.TRIAL or settings.DEBUG
