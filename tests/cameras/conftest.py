"""Footage in a folder of the test's own."""

from __future__ import annotations

import pytest

from footage import write_folder, write_video


@pytest.fixture
def make_folder(tmp_path):
    return lambda levels, name="images", **options: write_folder(tmp_path / name, levels, **options)


@pytest.fixture
def make_video(tmp_path):
    return lambda levels, name="footage.avi", **options: write_video(tmp_path / name, levels, **options)
