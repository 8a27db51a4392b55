"""Decisions of contracts and billing. Plain Python: no database, no clock, money as Decimal, work in minutes."""
