"""The plot of an episode is drawn, and shows its curves."""

import numpy as np
from PIL import Image

from steadyhand.evaluation.episode_plot import HELD, MEASURED, TARGETS, plot_episode
from steadyhand.evaluation.episode_record import EpisodeRecord


def near(picture, colour, tolerance=40):
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(picture - wanted).max(axis=-1) < tolerance).sum())


def test_measured_targets_and_holds_are_visible(record, tmp_path):
    path = tmp_path / "out" / "demo.png"
    plot_episode(record, path, "title")
    picture = np.array(Image.open(path).convert("RGB")).astype(int)
    assert near(picture, MEASURED) > 1000
    assert near(picture, TARGETS, 60) > 200
    # The shading is the colour at 15 % on white.
    faint = "#" + "".join(f"{round(255 - 0.15 * (255 - int(HELD[i : i + 2], 16))):02x}" for i in (1, 3, 5))
    assert near(picture, faint, 6) > 1000


def test_an_empty_record_is_drawn_as_well(tmp_path):
    plot_episode(EpisodeRecord(("a",), ()), tmp_path / "demo.png", "nothing happened")
    assert (tmp_path / "demo.png").stat().st_size > 0
