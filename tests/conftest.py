"""What all tests share: where the sample data lies, and how hard hypothesis looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TOP = Path(__file__).resolve().parents[1]
SHARED = TOP.parent / "shared"

_quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("dev", deadline=None, max_examples=25, suppress_health_check=_quiet)
# The same examples on every run, so that a red build is red for everybody.
settings.register_profile(
    "ci", deadline=None, max_examples=25, suppress_health_check=_quiet, derandomize=True, print_blob=True
)
settings.register_profile("thorough", deadline=None, suppress_health_check=_quiet, max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


# The files that take longest begin first, so that none is left over for one process at the end.
_LONGEST = """
    test_engine_against_oracle test_whatif test_pages test_known_at test_corrections test_corrections_replayed
    test_rewind test_commands_known_at test_tick_stories
""".split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, all else as it stands."""
    items.sort(key=lambda item: item.path.stem not in _LONGEST)


@pytest.fixture(scope="session")
def top() -> Path:
    """The checkout."""
    return TOP


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of sample logs and answer keys beside the checkout; where it is absent the test skips and says so."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("no sample data: ../shared/data is not beside this checkout")
    return folder
