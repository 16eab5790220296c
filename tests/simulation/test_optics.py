"""The camera matrix against rendered images."""

import numpy as np
import pytest

from steadyhand.simulation.exceptions import RenderingError
from steadyhand.simulation.optics import intrinsic_matrix
from steadyhand.simulation.rendering import make_renderer
from steadyhand.simulation.world import World


@pytest.mark.parametrize("size", [(640, 480), (96, 96)])
def test_the_red_cube_is_seen_where_the_matrix_projects_it(size):
    world = World(seed=4)
    image = make_renderer(world, *size, backend="raycast", max_rays=640 * 480).render(world.data, "front")
    camera = np.linalg.inv(world.frame_pose("front_camera_optical_frame"))
    centre = world.object_pose("red_cube").position
    projected = intrinsic_matrix("front", *size) @ (camera @ np.append(centre, 1.0))[:3]
    pixel = projected[:2] / projected[2]

    red = image[..., 0].astype(int) - image[..., 1:].max(axis=2) > 60
    rows, columns = np.nonzero(red)
    assert len(rows) > 5
    # The visible faces' centroid lies a little above the cube's centre.
    assert pixel == pytest.approx([columns.mean(), rows.mean()], abs=0.02 * size[0])


def test_the_middle_of_the_image_is_between_its_middle_pixels():
    matrix = intrinsic_matrix("wrist", 640, 480)
    np.testing.assert_array_equal(matrix[:2, 2], [319.5, 239.5])
    assert matrix[0, 0] == pytest.approx(matrix[1, 1])


def test_an_unknown_camera_is_named():
    with pytest.raises(RenderingError, match="side"):
        intrinsic_matrix("side", 640, 480)
