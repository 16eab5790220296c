"""Rays: the large boxes traced by hand against MuJoCo's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.ray_tracing import FAR, Hits, trace, trace_box
from steadyhand.simulation.scene import build_model

MODEL = build_model(())
DATA = mujoco.MjData(MODEL)
mujoco.mj_forward(MODEL, DATA)
for index in range(MODEL.ngeom):
    if MODEL.geom(index).name not in ("table", "floor"):
        MODEL.geom_group[index] = 5  # unseen

ordinates = st.floats(-2.0, 2.0)


@settings(deadline=None)
@given(st.tuples(ordinates, ordinates, st.floats(0.05, 2.0)), st.integers(0, 2**32))
def test_a_box_is_hit_where_mujoco_hits_it(eye, seed):
    rays = np.random.default_rng(seed).normal(size=(50, 3))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    eye, rays = np.array(eye), rays.astype(np.float32)
    ours = Hits.none(50)
    for name in ("table", "floor"):
        ours.put(np.arange(50), trace_box(MODEL, MODEL.geom(name).id, eye, rays))
    theirs = trace(MODEL, DATA, eye, rays, still=True)
    np.testing.assert_allclose(ours.distance, theirs.distance, rtol=1e-3)
    # Rays that graze an edge may be counted to either face.
    same = np.all(np.abs(ours.normal - theirs.normal) < 1e-5, axis=1) & (ours.geometry == theirs.geometry)
    assert same.sum() >= 49


def test_rays_along_the_axes_are_followed():
    rays = np.array([[0, 0, -1], [0, 0, 1], [1, 0, 0]], dtype=np.float32)
    hits = trace_box(MODEL, MODEL.geom("table").id, np.array([0.3, 0.0, 0.5]), rays)
    assert hits.geometry.tolist() == [MODEL.geom("table").id, -1, -1]
    assert hits.distance == pytest.approx([0.5, FAR, FAR])
    np.testing.assert_array_equal(hits.normal[0], [0, 0, 1])


def test_no_rays_hit_nothing():
    assert len(trace(MODEL, DATA, np.zeros(3), np.zeros((0, 3), dtype=np.float32), still=True).geometry) == 0
