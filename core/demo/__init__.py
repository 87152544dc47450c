"""The demo county: Xianghe's blueprint and townships, invented people, and a year of cases."""

from core.demo.county import CASES, found
from core.demo.fill import fill, missing
from core.demo.people import ACCOUNTS, HANDLER_UNIT, PASSWORD, QUERY_CODE, Account
from core.demo.pressing import press

__all__ = [
    "ACCOUNTS",
    "CASES",
    "HANDLER_UNIT",
    "PASSWORD",
    "QUERY_CODE",
    "Account",
    "fill",
    "found",
    "missing",
    "press",
]
