"""Do the frames on /tf connect the base with the tool and the cameras?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract

_TF = "/tf"
_PUBLISH = (
    "Start robot_state_publisher with the robot's description, and what places the camera. Nothing of ours reads /tf: "
    "RViz, MoveIt and recordings do."
)


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield frames with two parents, that are missing, or not connected with the base."""
    graph = survey.graph
    if graph is None or graph.empty:
        return
    parents = graph.transforms
    for child, above in sorted(parents.items()):
        if len(above) > 1:
            yield Finding(
                Code.TF_TWO_PARENTS,
                _TF,
                f"frame {child} has the parents {', '.join(above)}: it jumps between them",
                "Two publishers contradict each other: end one of them.",
                list(above),
            )
    if contract is None:
        return
    if not parents:
        yield Finding(Code.TF_ABSENT, _TF, "nobody publishes frames", _PUBLISH)
        return
    known = set(parents) | {parent for above in parents.values() for parent in above}
    for base, frame, what in _wanted(contract):
        missing = [name for name in (base, frame) if name not in known]
        if missing:
            yield Finding(
                Code.TF_FRAME_MISSING, _TF, f"{what}: there is no frame {' and no '.join(missing)}", _PUBLISH, missing
            )
        elif not roots(base, parents) & roots(frame, parents):
            yield Finding(
                Code.TF_DISCONNECTED,
                _TF,
                f"{what}: {frame} and {base} are not connected",
                "Publish the transform between the two trees, such as with static_transform_publisher.",
                [base, frame],
            )


def _wanted(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """Yield base, frame, and what the frame is, each pair once."""
    for name, robot in contract.robot.each_arm.items():
        if robot.frames.tip:
            yield robot.frames.base, robot.frames.tip, f"arm {name}".strip()
    base = next(iter(contract.robot.each_arm.values())).frames.base
    bound = {binding.camera for binding in contract.deployment.images.values() if not binding.masked}
    for name, camera in contract.robot.cameras.items():
        if camera.frame and name in bound:
            yield base, camera.frame, f"camera '{name}'"


def roots(frame: str, parents: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return the frames above a frame that have no parent themselves; itself, where it has none."""
    found, seen, waiting = set(), set(), [frame]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        above = parents.get(name, ())
        waiting += above
        if not above:
            found.add(name)
    return found
