"""Storing many rows at once: they are staged first, and only what is absent or different is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
STAGE = "ingest_stage"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where rows go: columns that all of them share with their values, those that tell them apart, and the rest.

    `scope` and `keys` together are unique in the table.
    """

    model: type[models.Model]
    scope: Mapping[str, Any]
    keys: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A row that was not stored like this: `old` is None where it appeared, `new` where it was withdrawn."""

    key: Row
    old: Row | None
    new: Row | None


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """How many rows were written and how many were there already; `changes` only where they were asked for."""

    inserted: int
    updated: int
    withdrawn: int
    unchanged: int
    changes: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many rows are not as they were."""
        return self.inserted + self.updated + self.withdrawn


def for_database(model: type[models.Model], names: Iterable[str], values: Iterable[Any]) -> Row:
    """Python values of these columns as the database takes them."""
    pairs = zip(names, values, strict=True)
    return tuple(_column(model, name).get_db_prep_save(value, connection) for name, value in pairs)


def ingest(place: Place, rows: Mapping[Row, Row], *, whole: bool = False, tell: bool = False) -> Ingested:
    """Let these rows (values by key, as the database takes them) be stored, within the caller's transaction.

    With `whole` there are no others: stored rows of the scope that are not among them are withdrawn. With
    `tell` every difference is told. Whoever calls holds the lease of what the rows are about.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        stage = _Stage(place, cursor)
        stage.fill(rows)
        changes = list(stage.differences(whole=whole)) if tell else []
        withdrawn = stage.withdraw() if whole else 0
        updated, inserted = stage.update(), stage.insert()
        cursor.execute(f"DROP TABLE {STAGE}")
    unchanged = len(rows) - inserted - updated
    return Ingested(
        inserted=inserted, updated=updated, withdrawn=withdrawn, unchanged=unchanged, changes=changes
    )  # fmt: skip


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


class _Stage:
    """A temporary table of what is to be stored (`s`), beside the table where it belongs (`t`).

    Every name in its statements is a table or a column of the place's model.
    """

    def __init__(self, place: Place, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self.table = connection.ops.quote_name(place.model._meta.db_table)
        self.scope, self.keys, self.values = (
            [connection.ops.quote_name(str(_column(place.model, name).column)) for name in names]
            for names in (place.scope, place.keys, place.values)
        )
        self.shared = for_database(place.model, place.scope, place.scope.values())
        self.here = " AND ".join(f"t.{name} = %s" for name in self.scope)
        self.same = " AND ".join(f"t.{name} = s.{name}" for name in self.keys)
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        self.other = f"({_of('t', self.values)}) {differs} ({_of('s', self.values)})"
        self.absent = f"NOT EXISTS (SELECT 1 FROM {self.table} t WHERE {self.here} AND {self.same})"  # noqa: S608
        self.gone = f"NOT EXISTS (SELECT 1 FROM {STAGE} s WHERE {self.same})"  # noqa: S608

    def fill(self, rows: Mapping[Row, Row]) -> None:
        """Stage the rows by the fastest way that the database has."""
        columns = ", ".join(self.keys + self.values)
        lines: Any = (key + values for key, values in rows.items())
        self.cursor.execute(f"CREATE TEMPORARY TABLE {STAGE} AS SELECT {columns} FROM {self.table} WHERE 1 = 0")  # noqa: S608
        if connection.vendor == "postgresql":
            with self.cursor.copy(f"COPY {STAGE} FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
            return
        places = ", ".join("%s" for _ in self.keys + self.values)
        self.cursor.executemany(f"INSERT INTO {STAGE} VALUES ({places})", lines)  # noqa: S608
        # Without statistics SQLite looks every row up by itself, which takes an index.
        self.cursor.execute(f"CREATE UNIQUE INDEX temp.{STAGE}_key ON {STAGE} ({', '.join(self.keys)})")

    def differences(self, *, whole: bool) -> Iterator[Change]:
        """What storing the rows will change: told before it is done."""
        keys, old, new = _of("s", self.keys), _of("t", self.values), _of("s", self.values)
        pair = f"{self.table} t JOIN {STAGE} s ON {self.same}"
        for row in self._found(f"SELECT {keys}, {old}, {new} FROM {pair} WHERE {self.here} AND {self.other}"):  # noqa: S608
            first, second = len(self.keys), len(self.keys) + len(self.values)
            yield Change(key=row[:first], old=row[first:second], new=row[second:])
        for row in self._found(f"SELECT {keys}, {new} FROM {STAGE} s WHERE {self.absent}"):  # noqa: S608
            yield Change(key=row[: len(self.keys)], old=None, new=row[len(self.keys) :])
        if whole:
            keys = _of("t", self.keys)
            for row in self._found(f"SELECT {keys}, {old} FROM {self.table} t WHERE {self.here} AND {self.gone}"):  # noqa: S608
                yield Change(key=row[: len(self.keys)], old=row[len(self.keys) :], new=None)

    def withdraw(self) -> int:
        """Delete the stored rows of the scope that are not staged."""
        return self._run(f"DELETE FROM {self.table} AS t WHERE {self.here} AND {self.gone}", self.shared)  # noqa: S608

    def update(self) -> int:
        """Change the stored rows that differ."""
        assigned = ", ".join(f"{name} = s.{name}" for name in self.values)
        where = f"{self.here} AND {self.same} AND {self.other}"
        return self._run(f"UPDATE {self.table} AS t SET {assigned} FROM {STAGE} s WHERE {where}", self.shared)  # noqa: S608

    def insert(self) -> int:
        """Add the rows that are not stored."""
        columns = ", ".join(self.scope + self.keys + self.values)
        staged = ", ".join(["%s"] * len(self.scope) + [f"s.{name}" for name in self.keys + self.values])
        rows = f"SELECT {staged} FROM {STAGE} s WHERE {self.absent}"  # noqa: S608
        return self._run(f"INSERT INTO {self.table} ({columns}) {rows}", self.shared + self.shared)

    def _found(self, statement: str) -> list[Row]:
        self.cursor.execute(statement, self.shared)
        return cast("list[Row]", self.cursor.fetchall())

    def _run(self, statement: str, params: Row) -> int:
        self.cursor.execute(statement, params)
        return int(self.cursor.rowcount)


def _of(table: str, names: Iterable[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)
