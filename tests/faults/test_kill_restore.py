"""A few kills of a restoring in the ordinary run; many by `python -m tests.faults.kill_restore --times 50`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kill_restore import run


def test_a_killed_restoring_leaves_the_old_database_or_the_new_one(tmp_path: Path) -> None:
    tally = run(f"sqlite:///{tmp_path}/monitor.db", tmp_path, times=2, seed=3, projects=60)
    assert tally.inside + tally.after == 2
