"""A few backups during imports in the ordinary run; many by `python -m tests.faults.backup_import --times 50`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.backup_import import run


def test_a_backup_during_an_import_holds_nothing_half(tmp_path: Path) -> None:
    taken = run(f"sqlite:///{tmp_path}/monitor.db", tmp_path, times=12, seed=3, projects=200, enough=1)
    assert taken.inside == 1
