"""Whole columns of cells turned into exact values (domain 4.4).

Owns: what a number, a percentage, a day, a duration, a text is in a vendor's file, decided per column and never per
cell. Must not know: what a column means to a contract or a scorecard, nor which file it came from.

Every parser takes `Cells`, packed or not, and returns `Parsed`. Accepted cells are never looped over; odd texts once per
distinct text.
"""

from importers.columns.days import parse_days, parse_months
from importers.columns.durations import parse_durations
from importers.columns.numbers import decimal_evidence, parse_money, parse_numbers
from importers.columns.percents import parse_percent
from importers.columns.texts import MISSING, is_missing, parse_booleans, parse_text
from importers.columns.values import Column, Fault, Note, Parsed, Table

__all__ = [
    "MISSING",
    "Column",
    "Fault",
    "Note",
    "Parsed",
    "Table",
    "decimal_evidence",
    "is_missing",
    "parse_booleans",
    "parse_days",
    "parse_durations",
    "parse_money",
    "parse_months",
    "parse_numbers",
    "parse_percent",
    "parse_text",
]
