"""Rows that are found by the numbers of their series, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler

Statement = tuple[str, tuple[Any, ...]]


class Among(Lookup):
    """Whether a whole number is one of these, which are one parameter: thousands of them take longer than the rows."""

    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Statement:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, json.dumps(self.rhs))  # noqa: S608

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Statement:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


def of_series(numbers: Iterable[int]) -> Among:
    """The filter for rows of these series."""
    return Among(F("series_id"), list(numbers))
