"""What the trail is told of people: an account by its number, its names where they can be masked and erased.

A password, and what proves a session or a token, is told to nobody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from monitor.actor import acting_as
from monitor.deeds import Deed, Told, Verb
from monitor.people import ADDRESS, Account, one_line
from monitor.store.trail import record
from monitor.verbs.attempts import Counted


def about(verb: Verb, account: Account) -> Deed:
    """A deed on an account."""
    return Deed(verb, "account", str(account.id), personal={"account": account.name, "display": account.display})


def made(account: Account) -> Deed:
    """An account was made."""
    deed = about(Verb.ACCOUNT_ADD, account)
    named = {"agents": _agents(account)} if account.scope.agents else {}
    return replace(deed, after=_flat(account), personal={**deed.personal, **named})


def changed(before: Account, after: Account) -> Deed | None:
    """Of what there was and is, what is not the same; None: nothing."""
    was, now = _flat(before), _flat(after)
    fields = [field for field in was if was[field] != now[field]]
    pairs = {"display": (before.display, after.display), "agents": (_agents(before), _agents(after))}
    named = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if not fields and not named:
        return None
    deed = about(Verb.ACCOUNT_CHANGE, before)
    personal = {f"{name}_{when}": pair[n] for name, pair in named.items() for n, when in enumerate(("before", "after"))}
    return replace(
        deed,
        before={one: was[one] for one in fields},
        after={one: now[one] for one in fields},
        personal={**deed.personal, **personal},
    )


def tell_as(connection: Any, account: Account, address: str, deed: Deed, now: dt.datetime) -> None:
    """Tells of a deed on an account by itself: that it is who acts was proved just now."""
    with acting_as(account.name, account.role.value, one_line(address, ADDRESS)):
        record(connection, now, replace(deed, subject_kind="account", subject=str(account.id)))


def tell_lock(
    connection: Any, account: Account | None, counted: Counted, address: str, until: dt.datetime, now: dt.datetime
) -> None:
    """Tells of a lock that begins, with how many failures led to it: one entry for all of them, since what anybody can
    do a thousand times a minute must not keep those waiting who write entries. Who it was nobody knows; the name that
    was typed is told where it is that of an account (``account``), for it may have been a password."""
    deed = about(Verb.SIGN_IN_LOCKED, account) if account else Deed(Verb.SIGN_IN_LOCKED)
    after: Told = {"failures": counted.of_name, "of_address": counted.of_address, "until": until.isoformat()}
    with acting_as("", "", address):
        record(connection, now, replace(deed, outcome="refused", after=after))


def _agents(account: Account) -> str:
    return "、".join(account.scope.agents)


def _flat(account: Account) -> Told:
    departments = [str(key) for key in account.scope.departments]
    return {"role": account.role.value, "regions": list(account.scope.regions), "departments": departments}
