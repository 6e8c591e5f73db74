"""One MetaData for all tables. The schema itself is the migrations'; tables here are only what queries need to know."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, MetaData, Uuid, any_, cast, literal
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()


def company_key() -> "Column[int]":
    return Column("company_id", BigInteger, primary_key=True)


def identifier(name: str = "id", *, primary_key: bool = False) -> "Column[object]":
    return Column(name, Uuid, primary_key=primary_key or name == "id")


def moment(name: str) -> "Column[object]":
    return Column(name, DateTime(timezone=True))


def one_of(column: ColumnElement[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """`column = any (array)`: one prepared statement whatever the number of values, which IN is not."""
    array = ARRAY(column.type)
    return column == any_(cast(literal(list(values), array), array))
