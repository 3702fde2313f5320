"""Lists of the desk that are paged by where a page begins, not by how many rows come before it.

“Older” leads to the rows after the last one seen, “Newer” to those before the first one: each page is one range of one
index, the thousandth costs what the first one costs, nothing is counted, and what is added meanwhile shifts nothing. The
place stands in the address as the ordering's values: `?after=["Harbour",12]`. The stock `?p=2` still answers, by OFFSET.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.http import HttpRequest

AFTER, BEFORE = "after", "before"
LONGEST = 1000


class Beyond(Func):
    """(key, id) < (value, pk): one comparison of rows, which an index over these columns answers as one range."""

    output_field = BooleanField()

    def __init__(self, columns: Sequence[Any], values: Sequence[Any], *, descending: bool) -> None:
        self.descending = descending
        super().__init__(*columns, *values)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **how: Any) -> Any:
        compiled = [compiler.compile(each) for each in self.source_expressions]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in part) for part in (compiled[:half], compiled[half:]))
        params = [each for _, own in compiled for each in own]
        return f"({left}) {'<' if self.descending else '>'} ({right})", params


class KeysetList(ChangeList):
    """The one key that a column is sorted by must have an index together with the primary key, both in one direction."""

    key: Any  # a field's name or an expression; None: the primary key alone
    descending: bool
    is_keyset = True  # templates ask
    newer = older = ""  # addresses
    on_pages = False  # asked for by number

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in {AFTER, BEFORE}}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Another filter or another order begins at the beginning."""
        return str(super().get_query_string({AFTER: None, BEFORE: None} | (new_params or {}), remove))

    def get_ordering_field(self, field_name: Any) -> Any:
        """Of columns that may be sorted alone: an address could ask for others, that no index has in order."""
        allowed = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if allowed else None

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By one key, then by primary key in the same direction; by a unique one alone."""
        first: Any = next(iter(super().get_ordering(request, queryset)), "-pk")
        if isinstance(first, str):
            self.descending, name = first.startswith("-"), first.removeprefix("-")
            self.key = None if name in {"pk", self.lookup_opts.pk.name} else name
        else:
            first = first if isinstance(first, OrderBy) else first.asc()
            self.descending, self.key = first.descending, first.expression
        last = "-pk" if self.descending else "pk"
        if self.key is None:
            return [last]
        key = F(self.key) if isinstance(self.key, str) else self.key
        return [key.desc() if self.descending else key.asc(), *([] if self._is_unique else [last])]

    @property
    def _is_unique(self) -> bool:
        return isinstance(self.key, str) and bool(getattr(self.lookup_opts.get_field(self.key), "unique", False))

    @property
    def _columns(self) -> list[Any]:
        """What a place is made of, in order."""
        if self.key is None:
            return [F("pk")]
        return [F(self.key) if isinstance(self.key, str) else self.key, *([] if self._is_unique else [F("pk")])]

    def get_results(self, request: HttpRequest) -> None:
        if request.GET.get(PAGE_VAR):
            super().get_results(request)
            self.result_list = list(self._with_key(self.result_list))
            self.on_pages = True
            more, fewer = self.page_num < self.paginator.num_pages, self.page_num > 1
        else:
            rows, more, fewer = self._page(request)
            self.result_list = rows
            self.result_count, self.full_result_count = len(rows), None
            self.can_show_all, self.multi_page = False, more or fewer
            self.show_full_result_count, self.show_admin_actions = False, True
            self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        if self.result_list:
            self.newer = self._address(BEFORE, self.result_list[0]) if fewer else ""
            self.older = self._address(AFTER, self.result_list[-1]) if more else ""
        elif AFTER in request.GET:
            self.newer = self.get_query_string()

    def _page(self, request: HttpRequest) -> tuple[list[Any], bool, bool]:
        """(the rows; whether there are some after them; whether there are some before them). One query."""
        size, rows = self.list_per_page, self._with_key(self.queryset)
        if BEFORE in request.GET:
            place = self._place(request.GET[BEFORE])
            found = list(rows.filter(Beyond(self._columns, place, descending=not self.descending)).reverse()[: size + 1])
            if len(found) >= size:
                return found[:size][::-1], True, len(found) > size
            found = list(rows[: size + 1])  # near the beginning: a whole page of it
            return found[:size], len(found) > size, False
        if AFTER in request.GET:
            place = self._place(request.GET[AFTER])
            found = list(rows.filter(Beyond(self._columns, place, descending=self.descending))[: size + 1])
            return found[:size], len(found) > size, True
        found = list(rows[: size + 1])
        return found[:size], len(found) > size, False

    def _with_key(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if self.key is None or isinstance(self.key, str) else rows.annotate(keyset_key=self.key)

    def _address(self, way: str, row: Any) -> str:
        if self.key is None:
            values = [row.pk]
        else:
            key = getattr(row, self.key) if isinstance(self.key, str) else row.keyset_key
            values = [key, *([] if self._is_unique else [row.pk])]
        return self.get_query_string({way: json.dumps(values, cls=Exact, ensure_ascii=False, separators=(",", ":"))})

    def _place(self, typed: str) -> list[Any]:
        """The values in an address, each as its column has it. Nonsense leads to the list's beginning, as the stock one does."""
        fields = [self._field(column) for column in self._columns]
        try:
            values = json.loads(typed[:LONGEST])
            if not isinstance(values, list) or len(values) != len(fields) or "\x00" in typed or "\\u0000" in typed:
                raise ValueError
            cleaned = [field.clean(value, None) for field, value in zip(fields, values, strict=True)]
            if None in cleaned:
                raise ValueError
        except (ValueError, TypeError, ValidationError, OverflowError, RecursionError) as error:
            raise IncorrectLookupParameters(error) from error
        return [Value(value, output_field=field) for field, value in zip(fields, cleaned, strict=True)]

    def _field(self, column: Any) -> Any:
        if isinstance(column, F):
            return self.lookup_opts.pk if column == F("pk") else self.lookup_opts.get_field(str(self.key))
        return self.lookup_opts.get_field(column.source_expressions[0].name)  # Coalesce(column, …)


class Exact(DjangoJSONEncoder):
    """Moments with their microseconds: cut, the row itself would be on the next page again."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
