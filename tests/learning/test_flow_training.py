from pathlib import Path

import numpy as np
import pytest

REASON = "training needs the extra 'train' (PyTorch), which `make test` does without"
torch = pytest.importorskip("torch", reason=REASON)
pytest.importorskip("onnx", reason=REASON)

from steadyhand.learning.dataset import Dataset, label  # noqa: E402
from steadyhand.learning.expert import Truth  # noqa: E402
from steadyhand.learning.export import TOLERANCE  # noqa: E402
from steadyhand.learning.flow_export import export_flow  # noqa: E402
from steadyhand.learning.flow_training import FlowSettings, shifts, train_flow  # noqa: E402
from steadyhand.learning.training import Normaliser, Settings, train  # noqa: E402
from steadyhand.policies.flow_torch import load_flow  # noqa: E402


@pytest.fixture
def data(truth: Truth) -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (40, 2, 96, 96, 3), dtype=np.uint8)
    return label(images, truth, np.arange(40) >= 36)


def test_training_learns_saves_and_exports(data: Dataset, tmp_path: Path) -> None:
    start = train(data, tmp_path / "a.pt", Settings(steps=3, batch=8, warmup=1, threads=1))
    losses: list[float] = []
    settings = FlowSettings(steps=100, batch=12, warmup=5, rate=1e-3)
    path = train_flow(data, tmp_path / "b.pt", start, settings, lambda seen: losses.append(seen["loss"]))
    assert losses[-1] < 0.95 * losses[0]
    written = export_flow(path, tmp_path / "b.onnx")
    assert written["difference"] < TOLERANCE and written["megabytes"] < 4.0
    content = torch.load(path, weights_only=True)
    for name, value in load_flow(tmp_path / "b.onnx").network.named_parameters():
        assert torch.equal(value, content["flow"][name]), "the file holds the weights by their names"


def test_moved_labels_return_after_the_prefix(data: Dataset) -> None:
    normaliser = Normaliser.of(data)
    delay = torch.tensor([0, 2, 6] * 50)
    settings = FlowSettings(shifted=1.0, shift_rate=(0.0, 0.0, 0.0, 0.0))
    moved = shifts(delay, normaliser, settings, np.random.default_rng(0)).numpy() * normaliser.rows_scale
    assert np.all(moved[delay.numpy() == 0] == 0.0), "without a prefix nothing tells of it"
    assert np.all(moved[..., 4] == 0.0)
    with_prefix = moved[delay.numpy() == 6][..., :4]
    assert np.allclose(with_prefix[:, :6], with_prefix[:, :1], atol=1e-6)
    sizes = np.abs(with_prefix).mean((0, 2))
    assert np.all(np.diff(sizes[5:]) <= 1e-9) and sizes[15] < 0.2 * sizes[5]
