"""Signing in with the provider of the office: it says who somebody is, the account says what they may."""

from __future__ import annotations

import datetime as dt

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.people import account_name, known_address
from monitor.reading import people as reading
from monitor.store import people as store
from monitor.verbs.people_told import tell_as
from monitor.verbs.signing_in import Limits, SignedIn, SignInRefused, begin


def sign_in_by_provider(
    database: Database,
    issuer: str,
    subject: str,
    name: str,
    *,
    address: str,
    browser: str = "",
    limits: Limits,
    now: dt.datetime,
) -> SignedIn:
    """Begins a session of the account of a subject. The first time it is found by ``name``, and is the subject's from
    then on, whatever the provider calls it later.

    Only an account without a password is found by its name, which people may choose at some providers: nobody gets
    into an account that signs in here. Raises SignInRefused.
    """
    with database.writing() as connection:
        store.lock_people(connection)
        account = reading.of_subject(connection, issuer, subject)
        if account is None:
            found = reading.credentials(connection, account_name(name))
            if found is None or found.password is not None or reading.linked(connection, found.account.id):
                raise SignInRefused("wrong")
            account = found.account
            store.link(connection, account.id, issuer, subject)
        if account.disabled_at is not None:
            raise SignInRefused("wrong")
        begun = begin(connection, account, known_address(address), browser, limits, now)
        tell_as(connection, account, address, Deed(Verb.SIGN_IN, after={"provider": issuer}), now)
        return begun
