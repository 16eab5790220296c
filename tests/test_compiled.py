from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from steadyhand import compiled
from steadyhand.exceptions import CompiledLibraryError


@pytest.fixture
def anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An environment in which no library is installed, to be looked for once more."""
    compiled._library.cache_clear()
    monkeypatch.setattr(compiled, "LIBRARY", "libelsewhere.so")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path / "install"))
    yield tmp_path
    compiled._library.cache_clear()


def test_a_library_that_is_not_installed_is_named_with_the_remedy(anew: Path) -> None:
    with pytest.raises(CompiledLibraryError, match=r"libelsewhere\.so.*C compiler.*make setup"):
        compiled.functions({})


@pytest.mark.parametrize("place", ["lib/steadyhand", "install/lib/steadyhand"])
def test_a_library_that_cannot_be_loaded_is_named(anew: Path, place: str) -> None:
    broken = anew / place / "libelsewhere.so"
    broken.parent.mkdir(parents=True)
    broken.write_text("nothing that a loader could read")
    with pytest.raises(CompiledLibraryError, match=f"{broken} cannot be loaded"):
        compiled.functions({})
