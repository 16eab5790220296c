import numpy as np

from steadyhand.learning.views import Views, shrink
from steadyhand.simulation.world import World


def test_unvaried_views_show_what_the_graph_shows() -> None:
    from steadyhand.simulation.rendering import make_renderer

    world = World("pick", seed=5)
    views = Views("raycast", vary=False)
    assert views.begin(np.random.default_rng(0)) == "raycast"
    images = views(world)
    assert images.shape == (2, 96, 96, 3) and images.dtype == np.uint8
    graph = make_renderer(world, 640, 480, "raycast")
    for image, camera in zip(images, ("front", "wrist"), strict=True):
        difference = np.abs(image.astype(int) - shrink(graph.render(world.data, camera)).astype(int))
        assert difference.mean() < 2.0


def test_variation_differs_between_demonstrations_and_does_not_pile_up() -> None:
    world = World("pick", seed=5)
    views = Views("raycast")
    views.begin(np.random.default_rng(1))
    first = views(world)
    for seed in range(2, 12):
        views.begin(np.random.default_rng(seed))
    assert np.abs(views(world).astype(int) - first.astype(int)).mean() > 0.5
    views.begin(np.random.default_rng(1))
    assert np.array_equal(views(world), first)
