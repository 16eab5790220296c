from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.ensemble import Ensemble
from steadyhand.execution.reference import Reference
from steadyhand.execution.stitching import Stitched


class Seen:
    """A stitching that only remembers what it was given."""

    def __init__(self) -> None:
        self.targets: list[JointTargets] = []

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        self.targets.append(targets)
        return Stitched(reference, 0, 1.0, 0.0)

    def clear(self) -> None:
        pass


_REST = Reference.resting(0.0, np.zeros(1))


def constant(start: float, value: float, rows: int = 10) -> JointTargets:
    return JointTargets(start + 0.1 * np.arange(rows), np.full((rows, 1), value), {"hand": np.full(rows, value)})


def test_one_chunk_is_left_as_it_is() -> None:
    seen = Seen()
    chunk = constant(0.0, 0.4)
    Ensemble(seen, 0.01).stitch(_REST, chunk, 0.0, 1.0)
    assert_allclose(seen.targets[0].positions, chunk.positions)


@given(st.floats(0.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_overlapping_rows_have_the_weights_of_act(decay: float, a: float, b: float, c: float) -> None:
    seen = Seen()
    ensemble = Ensemble(seen, decay)
    for start, value in ((0.0, a), (0.2, b), (0.4, c)):
        ensemble.stitch(_REST, constant(start, value), start, 1.0)
    last = seen.targets[-1]
    weights = np.exp(-decay * np.arange(3))
    assert_allclose(last.positions[0, 0], weights @ [a, b, c] / weights.sum(), atol=1e-12)
    # The first chunk ends at 0.9 s and the second at 1.1 s: later rows are an average of those that are left.
    assert_allclose(last.positions[6, 0], weights[:2] @ [b, c] / weights[:2].sum(), atol=1e-12)
    assert_allclose(last.positions[9, 0], c, atol=1e-12)


def test_grippers_follow_the_newest_chunk() -> None:
    seen = Seen()
    ensemble = Ensemble(seen, 0.0)
    ensemble.stitch(_REST, constant(0.0, 0.0), 0.0, 1.0)
    ensemble.stitch(_REST, constant(0.1, 1.0), 0.1, 1.0)
    assert_allclose(seen.targets[-1].grippers["hand"], 1.0)


def test_after_a_brake_nothing_is_left_of_the_chunks_before() -> None:
    seen = Seen()
    ensemble = Ensemble(seen, 0.0)
    ensemble.stitch(_REST, constant(0.0, 0.0), 0.0, 1.0)
    ensemble.clear()
    ensemble.stitch(_REST, constant(0.1, 1.0), 0.1, 1.0)
    assert_allclose(seen.targets[-1].positions, 1.0)
