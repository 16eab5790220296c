import numpy as np

from steadyhand.learning.demonstrations import Demonstrator
from steadyhand.simulation.world import World


def blank(_world: World) -> np.ndarray:
    return np.zeros((2, 96, 96, 3), dtype=np.uint8)


def test_the_flawless_expert_succeeds(demonstrator: Demonstrator) -> None:
    assert all(demonstrator.demonstrate(seed, blank, flawless=True).success for seed in range(3))


def test_the_clumsy_expert_recovers(demonstrator: Demonstrator) -> None:
    assert all(demonstrator.demonstrate(seed, blank).success for seed in range(100, 103))


def test_frames_agree_in_length_and_with_the_scene(demonstrator: Demonstrator) -> None:
    shown = demonstrator.demonstrate(3, blank, flawless=True)
    count = len(shown.opening)
    assert shown.images.shape == (count, 2, 96, 96, 3)
    assert shown.tool.shape == (count, 4) and shown.objects.shape == (count, 3, 4)
    assert np.allclose(shown.tool[0], [0.307, 0.0, 0.487, 0.0], atol=3e-3)
    assert np.allclose(shown.objects[0, :, 2], 0.02, atol=2e-3)
    lifted = shown.objects[-1, :, 2] > 0.1
    assert lifted.sum() == 1 and 0.4 < shown.opening[-1] < 0.6


def test_equal_seeds_show_the_same(demonstrator: Demonstrator) -> None:
    first, second = demonstrator.demonstrate(7, blank), demonstrator.demonstrate(7, blank)
    assert np.array_equal(first.tool, second.tool) and np.array_equal(first.objects, second.objects)
