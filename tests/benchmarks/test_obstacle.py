"""The obstacle that the policy does not see."""

from __future__ import annotations

import numpy as np

from steadyhand.simulation.world import World

_SIZE = (0.2, 0.2, 0.02)


def test_only_the_arm_touches_the_obstacle_and_only_where_it_stands() -> None:
    world = World("pick", obstacle=_SIZE)
    assert not world.touches_obstacle()
    hand = world.frame_pose("panda_hand")[:3, 3]
    x, y, z = (float(value) for value in hand)
    world.place_obstacle((x, y, z))
    assert world.touches_obstacle()
    cube = world.object_pose("red_cube").position
    world.place_obstacle((float(cube[0]), float(cube[1]), 0.03))
    assert not world.touches_obstacle()


def test_the_obstacle_stays_where_it_was_put_through_a_reset_and_is_no_part_of_the_configuration() -> None:
    world = World("pick", obstacle=_SIZE)
    plain = World("pick")
    world.place_obstacle((0.3, 0.0, 0.5))
    world.reset(3)
    plain.reset(3)
    assert world.touches_obstacle()
    assert world.configuration.shape == plain.configuration.shape
    assert np.allclose(world.object_pose("red_cube").position, plain.object_pose("red_cube").position)
