"""Rows by COPY: what `bulk_create` does, at a fraction of its cost. The database's constraints hold all the same."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def copy_rows[M: Model](model: type[M], rows: Sequence[M]) -> None:
    """Insert new rows of one model; each gets its primary key."""
    columns = _columns(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, len(rows)],
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
    _copy(model, columns, ([_value(field, row) for field in columns] for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def copy_values(model: type[Model], names: Sequence[str], values: Iterable[Sequence[Any]]) -> int:
    """Insert rows given as bare values of the named columns; the others get their defaults. How many there were."""
    pattern = model()
    others = [field for field in _columns(model) if field.attname not in names and not field.primary_key]
    rest = [_value(field, pattern) for field in others]
    named = [field for name in names for field in _columns(model) if field.attname == name]
    rows = [[*row, *rest] for row in values]
    _copy(model, [*named, *others], rows)
    return len(rows)


def _columns(model: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _value(field: "Field[Any, Any]", row: Model) -> Any:
    value = field.pre_save(row, add=True)
    return value if value is None or type(value) is str else field.get_db_prep_save(value, connection)


def _copy(model: type[Model], fields: "Sequence[Field[Any, Any]]", rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as stream,
    ):
        for row in rows:
            stream.write_row(row)
