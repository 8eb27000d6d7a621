"""Storing many rows at once: they are staged first, and only what is absent or different is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
STAGE, DIFFERENCE = "ingest_stage", "ingest_difference"
# What COPY would take for the end of a column or a row.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
MARKS = re.compile(r"[\\\t\n\r]")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where rows go: columns that all of them share with their values, those that tell them apart, and the rest.

    `scope` and `keys` together are unique in the table.
    """

    model: type[models.Model]
    scope: Mapping[str, Any]
    keys: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Rows each of which is one text, its columns with a NUL between, beside `same`, the last ones that all share.

    No key comes twice, and none of the columns is NULL.
    """

    rows: Sequence[str]
    same: Row = ()

    def __len__(self) -> int:
        return len(self.rows)

    def copied(self, first: Row) -> Iterator[str]:
        """What COPY takes for them, a thousand rows at once; `first` are columns that all share as well."""
        start, end = "".join(f"{value}\t" for value in first), "".join(f"\t{value}" for value in self.same) + "\n"
        for number in range(0, len(self.rows), 1000):
            rows = self.rows[number : number + 1000]
            if MARKS.search("".join(rows)):
                rows = [row.translate(ESCAPES) for row in rows]
            yield f"{start}{(end + start).join(rows)}{end}".replace("\0", "\t")


# Values by key, as the database takes them, or the same as texts.
Rows = Mapping[Row, Row] | Texts


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
    return tuple(
        None if value is None else _column(model, name).get_db_prep_save(value, connection) for name, value in pairs
    )


def ingest(place: Place, rows: Rows, *, whole: bool = False, tell: bool = False) -> Ingested:
    """Let these rows be stored, within the caller's transaction.

    With `whole` there are no others: stored rows of the scope that are not among them are withdrawn, and where
    there are none nothing is compared. With `tell` every difference is told. Whoever calls holds the lease of
    what the rows are about.
    """
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        stage = _Stage(place, cursor)
        if whole and not tell and stage.finds_nothing():
            stage.insert_all(rows)
            return Ingested(inserted=len(rows), updated=0, withdrawn=0, unchanged=0)
        stage.fill(rows)
        stage.compare(whole=whole)
        changes = list(stage.changes()) if tell else []
        withdrawn, updated, inserted = stage.withdraw() if whole else 0, stage.update(), stage.insert()
        stage.drop()
    unchanged = len(rows) - inserted - updated
    return Ingested(inserted=inserted, updated=updated, withdrawn=withdrawn, unchanged=unchanged, changes=changes)


def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


class _Stage:
    """Two temporary tables: what is to be stored (`s`), and in what it differs (`d`) from the place's table (`t`).

    Every name in the statements is a table or a column of the place's model.
    """

    def __init__(self, place: Place, cursor: CursorWrapper) -> None:
        self.cursor = cursor
        self.postgresql = connection.vendor == "postgresql"
        self.table, self.id = (_quoted(name) for name in (place.model._meta.db_table, place.model._meta.pk.column))
        self.scope, self.keys, self.values = (
            [_quoted(_column(place.model, name).column) for name in names]
            for names in (place.scope, place.keys, place.values)
        )
        self.old, self.new = ([f"{side}_{n}" for n in range(len(self.values))] for side in ("old", "new"))
        self.shared = for_database(place.model, place.scope, place.scope.values())

    def finds_nothing(self) -> bool:
        """Whether no row of the scope is stored, so that there is nothing to compare with."""
        here = " AND ".join(f"{name} = %s" for name in self.scope)
        self._run(f"SELECT 1 FROM {self.table} WHERE {here} LIMIT 1", self.shared)  # noqa: S608
        return self.cursor.fetchone() is None

    def insert_all(self, rows: Rows) -> None:
        """Add rows none of which is stored."""
        self._write(self.table, self.scope + self.keys + self.values, rows, self.shared)

    def fill(self, rows: Rows) -> None:
        """Stage the rows."""
        columns = self.keys + self.values
        self._run(f"CREATE TEMPORARY TABLE {STAGE} AS SELECT {_listed(columns)} FROM {self.table} WHERE 1 = 0")  # noqa: S608
        self._write(STAGE, columns, rows)
        if not self.postgresql:
            self._run(f"CREATE UNIQUE INDEX temp.{STAGE}_key ON {STAGE} ({_listed(self.keys)})")

    def _write(self, table: str, columns: list[str], rows: Rows, first: Row = ()) -> None:
        """Write rows by the fastest way that the database has, after columns that all of them share."""
        into = f"{table} ({_listed(columns)})"
        if not self.postgresql:
            lines: Any = _lines(rows, first)
            self.cursor.executemany(f"INSERT INTO {into} VALUES ({_listed(['%s'] * len(columns))})", lines)  # noqa: S608
            return
        # Django's errors, as everywhere: COPY is the one thing that its cursor does not wrap.
        with connection.wrap_database_errors, self.cursor.copy(f"COPY {into} FROM STDIN") as copy:
            if isinstance(rows, Texts):
                for part in rows.copied(first):
                    copy.write(part)
            else:
                for line in _lines(rows, first):
                    copy.write_row(line)

    def compare(self, *, whole: bool) -> None:
        """Find the rows that are absent (they have no ID yet), different, or no longer there (`gone`)."""
        here = " AND ".join(f"t.{name} = %s" for name in self.scope)
        same = " AND ".join(f"t.{name} = s.{name}" for name in self.keys)
        differs = "IS DISTINCT FROM" if self.postgresql else "IS NOT"
        old, new = _of("t", self.values), _of("s", self.values)
        found = (
            f"SELECT t.{self.id}, {_as(_of('s', self.keys), self.keys)}, {_as(old, self.old)}, {_as(new, self.new)},"  # noqa: S608
            f" 1 = 0 AS gone FROM {STAGE} s LEFT JOIN {self.table} t ON {here} AND {same}"
            f" WHERE t.{self.id} IS NULL OR ({_listed(old)}) {differs} ({_listed(new)})"
        )
        if whole:
            found += (
                f" UNION ALL SELECT t.{self.id}, {_listed(_of('t', self.keys) + old + new)}, 1 = 1 FROM {self.table} t"  # noqa: S608
                f" LEFT JOIN {STAGE} s ON {same} WHERE {here} AND s.{self.keys[0]} IS NULL"
            )
        with self._joined_at_once(whole):
            self._run(f"CREATE TEMPORARY TABLE {DIFFERENCE} AS {found}", self.shared * (1 + whole))

    @contextmanager
    def _joined_at_once(self, whole: bool) -> Iterator[None]:
        """Keep PostgreSQL, whose statistics may be older than the rows, from looking up a whole day row by row."""
        if whole and self.postgresql:
            self._run("SET LOCAL enable_nestloop = off")
        yield
        if whole and self.postgresql:
            self._run("RESET enable_nestloop")

    def changes(self) -> Iterator[Change]:
        """What storing the rows will change: to be asked before it is done."""
        columns = [self.id, "gone", *self.keys, *self.old, *self.new]
        self._run(f"SELECT {_listed(columns)} FROM {DIFFERENCE}")  # noqa: S608
        for key_of_row, gone, *rest in self.cursor.fetchall():
            key, values = tuple(rest[: len(self.keys)]), rest[len(self.keys) :]
            old, new = tuple(values[: len(self.values)]), tuple(values[len(self.values) :])
            yield Change(key=key, old=None if key_of_row is None else old, new=None if gone else new)

    def withdraw(self) -> int:
        """Delete the stored rows that are no longer there."""
        return self._run(f"DELETE FROM {self.table} WHERE {self.id} IN (SELECT {self.id} FROM {DIFFERENCE} WHERE gone)")  # noqa: S608

    def update(self) -> int:
        """Change the stored rows that differ."""
        assigned = _listed(f"{name} = d.{new}" for name, new in zip(self.values, self.new, strict=True))
        where = f"t.{self.id} = d.{self.id} AND NOT d.gone"
        return self._run(f"UPDATE {self.table} AS t SET {assigned} FROM {DIFFERENCE} d WHERE {where}")  # noqa: S608

    def insert(self) -> int:
        """Add the rows that are not stored."""
        columns = _listed(self.scope + self.keys + self.values)
        staged = _listed(["%s"] * len(self.scope) + self.keys + self.new)
        rows = f"SELECT {staged} FROM {DIFFERENCE} WHERE {self.id} IS NULL"  # noqa: S608
        return self._run(f"INSERT INTO {self.table} ({columns}) {rows}", self.shared)

    def drop(self) -> None:
        """Make room for the next rows of the same transaction."""
        for name in (STAGE, DIFFERENCE):
            self._run(f"DROP TABLE {name}")

    def _run(self, statement: str, params: Row = ()) -> int:
        self.cursor.execute(statement, params)
        return int(self.cursor.rowcount)


def _lines(rows: Rows, first: Row) -> Iterator[Row]:
    """The columns of each row, after these that all share."""
    if isinstance(rows, Texts):
        return ((*first, *row.split("\0"), *rows.same) for row in rows.rows)
    return ((*first, *key, *values) for key, values in rows.items())


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _of(table: str, names: Iterable[str]) -> list[str]:
    return [f"{table}.{name}" for name in names]


def _as(columns: Iterable[str], names: Iterable[str]) -> str:
    return _listed(f"{column} AS {name}" for column, name in zip(columns, names, strict=True))
