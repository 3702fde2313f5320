"""Querysets whose SQL is built once for a process.

Django builds the SQL of a queryset anew at each use, and where it joins and annotates, that takes several times as long as
Postgres and psycopg need for the answer. A prepared queryset is written as any other, by a function whose arguments stand
for the values that come later:

    @prepared
    def of_author(author: Given) -> QuerySet[Article]:
        return Article.objects.published().filter(authors=author)

    of_author(author=12)  # the rows, as a list
"""

import copy
import inspect
from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import Any

from django.db import connections
from django.db.models import Expression, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Given(Expression):
    """The place of a value. It is never null: `= null` is true of nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def each(self) -> Func:
        """For `pk__in`: the place of a list of keys."""
        return Func(self, template="(SELECT unnest(%(expressions)s::bigint[]))")


class Prepared[Row]:
    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.alone = Lock()

    def __call__(self, **values: Any) -> list[Row]:
        """The rows for these values."""
        queryset, compiler, sql, parameters = self.done
        rows = queryset.all()
        rows.query.get_compiler = lambda using, **_: compiled(compiler, sql, parameters, using, values)  # type: ignore[method-assign]
        return list(rows)

    @property
    def done(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]:
        """The queryset, a compiler that has done its work, and what it has made. One thread does it: to build the SQL of a
        queryset renames parts of it, and two at once would leave a query for ever that Postgres refuses."""
        with self.alone:
            return self._done

    @cached_property
    def _done(self) -> tuple[QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]:
        queryset = self.build(*map(Given, inspect.signature(self.build).parameters))
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        return queryset, compiler, sql, tuple(parameters)


def compiled(done: SQLCompiler, sql: str, parameters: tuple[Any, ...], using: str, values: dict[str, Any]) -> SQLCompiler:
    """The same compiler for this thread's connection and these values."""
    compiler = copy.copy(done)
    compiler.connection = connections[using]
    filled = tuple(values[each.name] if isinstance(each, Given) else each for each in parameters)
    compiler.as_sql = lambda *_, **__: (sql, filled)  # type: ignore[method-assign]
    return compiler


prepared = Prepared
