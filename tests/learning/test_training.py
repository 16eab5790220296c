from pathlib import Path

import numpy as np
import pytest

REASON = "training needs the extra 'train' (PyTorch), which `make test` does without"
torch = pytest.importorskip("torch", reason=REASON)
pytest.importorskip("onnx", reason=REASON)

from steadyhand.learning.dataset import Dataset, label  # noqa: E402
from steadyhand.learning.expert import Truth  # noqa: E402
from steadyhand.learning.export import TOLERANCE, export  # noqa: E402
from steadyhand.learning.network import OBJECT_TARGETS, PickNetwork  # noqa: E402
from steadyhand.learning.training import Settings, load_checkpoint, recipe, train, validate  # noqa: E402
from steadyhand.policies.perception import Architecture, Glimpse, Grounding  # noqa: E402


@pytest.fixture
def data(truth: Truth) -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (40, 2, 96, 96, 3), dtype=np.uint8)
    return label(images, truth, np.arange(40) >= 36)


def test_the_network_answers_every_instruction_of_every_frame() -> None:
    network = PickNetwork()
    answer = network(torch.rand(2, 2, 3, 96, 96), torch.rand(2, 6), torch.randint(1, 100, (2, 3, 16)))
    assert answer.rows.shape == (2, 3, 16, 5) and answer.place.shape == (2, 3, OBJECT_TARGETS)
    assert answer.pixels.shape == (2, 3, 2, 2)
    assert sum(p.numel() for p in network.parameters()) < 2.5e6


def test_answers_do_not_mix_frames_or_instructions() -> None:
    network = PickNetwork().eval()
    images, state = torch.rand(2, 2, 3, 96, 96), torch.rand(2, 6)
    words = torch.randint(1, 100, (2, 3, 16))
    together = network(images, state, words).rows
    alone = network(images[1:], state[1:], words[1:, 2:]).rows
    assert torch.allclose(together[1, 2], alone[0, 0], atol=1e-4)


def test_padding_words_change_nothing() -> None:
    network = PickNetwork().eval()
    words = torch.zeros(1, 1, 16, dtype=torch.int64)
    words[..., :5] = torch.tensor([3, 4, 5, 6, 7])
    images, state = torch.rand(1, 2, 3, 96, 96), torch.rand(1, 6)
    assert torch.allclose(network(images, state, words).rows, network(images, state, words[..., :5]).rows, atol=1e-5)


def test_attention_of_a_single_peak_says_where_it_is() -> None:
    grounding = Grounding(Architecture(channels=4, maps=1))
    features = torch.zeros(1, 4, 24, 24)
    features[0, :, 6, 18] = 1e4
    with torch.no_grad():
        grounding.kernels.weight.zero_()
        grounding.kernels.bias.fill_(1.0)
        _, where = grounding(features, torch.zeros(1, 1, 48))
    assert where[0, 0, :2].tolist() == pytest.approx([37 / 24 - 1, 13 / 24 - 1], abs=1e-3)
    assert where[0, 0, 2] < 1e-3


def test_training_learns_saves_and_exports(data: Dataset, tmp_path: Path) -> None:
    losses: list[float] = []
    settings = Settings(steps=60, batch=12, warmup=5, threads=1)
    path = train(data, tmp_path / "a.pt", settings, lambda seen: losses.append(seen["loss"]))
    assert losses[-1] < 0.98 * losses[0]
    network, normaliser, about = load_checkpoint(path)
    assert about["recipe"] == recipe(settings, 40) and about["step"] == 60
    assert set(validate(network, data, normaliser)) == {
        "position_mm", "near_position_mm", "near_yaw", "near_yaw_of_none", "opening", "place_mm", "pixels"
    }  # fmt: skip
    written = export(path, tmp_path / "a.onnx")
    assert written["difference"] < TOLERANCE and written["megabytes"] < 10


def test_equal_seeds_train_equal_weights(data: Dataset, tmp_path: Path) -> None:
    settings = Settings(steps=3, batch=8, threads=1)
    first, second = (load_checkpoint(train(data, tmp_path / f"{n}.pt", settings))[0] for n in "ab")
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_glimpse_sees_the_window_it_is_led_to() -> None:
    glimpse = Glimpse(8)
    seen: list[torch.Tensor] = []
    glimpse.layers[0].register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    images = torch.arange(96.0).repeat(2, 3, 96, 1)
    glimpse(images, torch.tensor([[[-0.5, 0.0], [0.5, 0.0]]] * 2))
    left, right = seen[0].reshape(2, 2, 3, 20, 20)[0, :, 0, 10]
    # Pixel k has its middle at (k + 0.5) / 48 - 1.
    assert left.mean() == pytest.approx(0.5 * 48 - 0.5, abs=0.1) and right.mean() == pytest.approx(
        1.5 * 48 - 0.5, abs=0.1
    )
    assert torch.all(left.diff() > 0)
