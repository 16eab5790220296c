from pathlib import Path

from steadyhand.evaluation.success import TRAINING_SEEDS
from steadyhand.learning.collection import FIRST_SEED, collect
from steadyhand.learning.dataset import load


def test_a_few_demonstrations_become_a_data_set(tmp_path: Path) -> None:
    counts = collect(tmp_path, 2, workers=1, backend="raycast")
    assert counts["episodes"] == 2 and counts["success_rate"] == 1.0
    data = load([tmp_path], held_out=0.0)
    assert len(data.state) == counts["frames"] > 20
    assert data.images.reshape(len(data.images), -1).std(axis=1).min() > 10


def test_training_never_sees_a_scene_that_judges() -> None:
    assert FIRST_SEED == TRAINING_SEEDS
