from pathlib import Path

import numpy as np
import pytest

from steadyhand.learning.collection import save_shard
from steadyhand.learning.dataset import Phrasebook, label, load, state_vector
from steadyhand.learning.demonstrations import Demonstration
from steadyhand.learning.exceptions import LearningError
from steadyhand.learning.expert import Truth
from steadyhand.policies.words import bucket, hash_words
from steadyhand.simulation.tasks.instructions import COLOURS, phrasings


def demonstration(truth: Truth, length: int) -> Demonstration:
    tool = np.column_stack([truth.tool, truth.yaw])[:length]
    images = np.zeros((length, 2, 96, 96, 3), dtype=np.uint8)
    return Demonstration(images, tool, truth.opening[:length], truth.objects[:length], True)


def test_shards_are_read_back_and_whole_demonstrations_held_out(truth: Truth, tmp_path: Path) -> None:
    save_shard(tmp_path / "shard_1.npz", [demonstration(truth, length) for length in (5, 7, 9, 11)])
    data = load([tmp_path], held_out=0.25)
    assert data.images.shape == (32, 2, 96, 96, 3) and data.rows.shape == (32, 3, 16, 5)
    assert data.held_out.tolist() == [False] * 21 + [True] * 11
    assert np.allclose(data.state[:5], state_vector(truth)[:5])


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LearningError, match="steadyhand collect"):
        load([tmp_path])


def test_state_is_laid_out_as_the_profile_says(truth: Truth) -> None:
    state = state_vector(truth)
    assert state.shape == (40, 6) and state.dtype == np.float32
    assert np.allclose(np.arctan2(state[:, 3], state[:, 4]), truth.yaw, atol=1e-6)


def test_places_point_from_tool_to_object(truth: Truth) -> None:
    data = label(np.zeros((40, 2, 1, 1, 3), np.uint8), truth, np.zeros(40, bool))
    assert np.allclose(data.place[:, 1, :3], truth.objects[:, 1, :3] - truth.tool, atol=1e-6)
    assert np.allclose(np.hypot(data.place[..., 3], data.place[..., 4]), 1.0, atol=1e-6)
    assert data.weight.min() >= 1.0 and data.weight.max() <= 2.0


def test_instructions_are_training_sentences_of_the_right_colour() -> None:
    words = Phrasebook(np.random.default_rng(0), noise=0.0).draw(200)
    assert words.shape == (200, 3, 16)
    for index, colour in enumerate(COLOURS):
        known = {tuple(hash_words(sentence)) for sentence in phrasings(colour)}
        kept = {tuple(hash_words(sentence)) for sentence in phrasings(colour, held_out=True)}
        drawn = {tuple(row) for row in words[:, index]}
        assert drawn <= known and not drawn & kept


def test_noise_replaces_words_but_never_colours() -> None:
    words = Phrasebook(np.random.default_rng(0), noise=0.5).draw(300)
    for index, colour in enumerate(COLOURS):
        assert np.all((words[:, index] == bucket(colour)).sum(-1) == 1)
        for other in set(COLOURS) - {colour}:
            assert not np.any(words[:, index] == bucket(other))
