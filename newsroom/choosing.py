"""Fields in which a row is searched for. The stock ones break on a value that no key can be: here it is an error beside the
field, as it is for every other."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError


class _Search(AutocompleteMixin):
    """What was sent is looked up to be shown again, right or wrong."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [one for one in value if _is_key(key, one)], attr)


def _is_key(key: Any, typed: str) -> bool:
    try:
        key.clean(typed, None)
    except ValidationError:
        return False
    return True


class SearchOne(_Search, AutocompleteSelect):
    pass


class SearchMany(_Search, AutocompleteSelectMultiple):
    pass


class Chooses(admin.options.BaseModelAdmin):
    """A desk, or rows in it, whose `autocomplete_fields` take whatever is typed."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchOne(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchMany(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
