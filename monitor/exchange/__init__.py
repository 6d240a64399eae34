"""The national exchange tables (前置库) of another database, read and written; knows no tables of ours."""

from monitor.exchange.foreign import Exchange, ExchangeRefused
from monitor.exchange.mapping import Mapped, Portion
from monitor.exchange.terms import ExchangeProfile, ProfileError, exchange_profile

__all__ = ["Exchange", "ExchangeProfile", "ExchangeRefused", "Mapped", "Portion", "ProfileError", "exchange_profile"]
