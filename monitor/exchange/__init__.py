"""The national exchange tables (前置库) of another database, read and written; knows no tables of ours."""

from monitor.exchange.foreign import Exchange, ExchangeRefused
from monitor.exchange.lines import Mapped
from monitor.exchange.mapping import Portion
from monitor.exchange.terms import FORM, SHIPPED, ExchangeProfile, ProfileError, exchange_profile, reads_tables

__all__ = [
    "FORM",
    "SHIPPED",
    "Exchange",
    "ExchangeProfile",
    "ExchangeRefused",
    "Mapped",
    "Portion",
    "ProfileError",
    "exchange_profile",
    "reads_tables",
]
