"""One MetaData for all tables. The schema itself is the migrations'; tables here are only what queries need to know."""

from sqlalchemy import BigInteger, Column, DateTime, MetaData, Uuid

metadata = MetaData()


def company_key() -> "Column[int]":
    return Column("company_id", BigInteger, primary_key=True)


def identifier(name: str = "id", *, primary_key: bool = False) -> "Column[object]":
    return Column(name, Uuid, primary_key=primary_key or name == "id")


def moment(name: str) -> "Column[object]":
    return Column(name, DateTime(timezone=True))
