"""What is saved or deleted at the desk reaches readers at once: their kept pages that showed it go."""

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from articles.pages import Faces, tell
from newsroom.auditing import Audited


class Told(Audited):
    """`seen` says what readers see of a row; None stands for one that is not there yet, or no more."""

    def seen(self, row: Any) -> Faces:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            before = self.seen(self._locked(obj) if change else None)
            super().save_model(request, obj, form, change)
            tell(before, self.seen(self._locked(obj)))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            before = self.seen(self._locked(obj))
            super().delete_model(request, obj)
            tell(before, self.seen(None))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            before: Faces = {}
            for row in queryset:
                before |= self.seen(self._locked(row))
            super().delete_queryset(request, queryset)
            tell(before, self.seen(None))

    def _locked(self, obj: Model) -> Model | None:
        """As it stands in the database: what somebody else saves at this moment is what readers saw before."""
        return type(obj)._default_manager.select_for_update().filter(pk=obj.pk).first()
