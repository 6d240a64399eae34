"""A few hundred guesses in the ordinary run; 10,000 by `python -m tests.faults.look_up_flood`."""

from __future__ import annotations

from pathlib import Path

from monitor.verbs.attempts import FREE_OF_ADDRESS
from tests.faults.look_up_flood import flood


def test_guesses_are_slowed_and_the_honest_are_served(tmp_path: Path) -> None:
    found = flood(tmp_path, 300)
    assert found.guessed.total() == 300
    assert found.guessed[404] <= 150 + FREE_OF_ADDRESS  # one from each address, and the free ones of the other
    assert found.guessed[429] >= 150 - FREE_OF_ADDRESS
    assert len(found.honest) >= 2
