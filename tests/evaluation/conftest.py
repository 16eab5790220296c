"""An episode for the pictures."""

import numpy as np
import pytest

from steadyhand.chunks.targets import JointTargets
from steadyhand.evaluation.episode_record import EpisodeRecord, Frame
from steadyhand.profiles.contract import Contract, load_deployment

DURATION = 4.0


@pytest.fixture
def record() -> EpisodeRecord:
    """Four seconds of two joints, two cameras that show a moving square, three chunks and one hold."""
    record = EpisodeRecord(("shoulder", "elbow"), ("front", "wrist"))
    for time in np.arange(0.0, DURATION, 0.05):
        record.reference.append(time, [np.sin(time), 0.2])
        record.measured.append(time, [np.sin(time - 0.04), 0.2])
        record.opening.append(time, [1.0 if time < 2.0 else 0.3])
    for start in (0.2, 1.0, 1.8):
        times = start + 0.1 * np.arange(16)
        targets = JointTargets(times, np.column_stack((np.sin(times), np.full(16, 0.2))), {"hand": np.full(16, 1.0)})
        record.targets.append(targets)
        record.handovers.append(start + 0.1)
    record.phases.note(0.0, "running")
    record.holds.note(2.5, "UNDERRUN")
    record.holds.note(3.0, "")
    for index, time in enumerate(np.arange(0.0, DURATION, 0.1)):
        for camera, colour in (("front", (220, 30, 30)), ("wrist", (30, 200, 30))):
            image = np.full((240, 320, 3), 120, dtype=np.uint8)
            image[60:100, 4 * index : 4 * index + 40] = colour
            record.frames[camera].append(Frame(time, image))
    record.close(DURATION)
    return record


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The embedded policy on the Panda."""
    return load_deployment("panda_embedded")
