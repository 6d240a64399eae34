"""What is kept of secret projects: digests by which they are known again. What is kept no longer: rows that waited."""

from __future__ import annotations

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.intake import SecretList, Secrets
from monitor.store.log import LogBatch, lock_log
from monitor.store.secret_projects import SecretMemory, forget_waiting
from monitor.store.trail import record


def keep(memory: SecretMemory, secrets: Secrets) -> bool:
    """Within the transaction of an import: what it found to be secret is remembered, and rows that waited and are of
    it say nothing any more. Gives whether any of it is new."""
    if fresh := memory.remember(secrets.projects, secrets.cases):
        forget_waiting(memory.connection, secrets.listed.names)
    return fresh


def keep_all_the_same(database: Database, source: str, secrets: Secrets, gone: LogBatch) -> None:
    """After an import of ``source`` of which nothing stays: what it found to be secret is secret nevertheless.
    ``gone``: the batch that it would have been."""
    if not secrets.projects:
        return
    with database.writing() as connection:
        lock_log(connection)
        memory = SecretMemory(connection, source)
        memory.met(gone.secrets.known.values())
        if keep(memory, secrets):
            record(connection, gone.known_from, Deed(Verb.REMEMBER_SECRET, after={"source": source}))


def forget(memory: SecretMemory, listed: SecretList) -> None:
    """Rows that wait, and are of a project that is remembered as secret or was listed since then, say nothing more."""
    if listed or not memory.blank:
        forget_waiting(memory.connection, listed.names)
