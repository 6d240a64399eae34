"""A few kills of an import in the ordinary run; many by `python -m tests.faults.kill_import --times 50`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kill_import import run


def test_a_killed_import_leaves_all_or_nothing(tmp_path: Path) -> None:
    assert run(f"sqlite:///{tmp_path}/monitor.db", tmp_path, times=6, seed=3, projects=150).inside >= 1
