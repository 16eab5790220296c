"""Are the images what the policy needs, and do they arrive?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.needs import IMAGE, resolved
from steadyhand.doctor.survey import GraphSurvey, SeenImage, Stream, Survey
from steadyhand.observation.encodings import ENCODINGS
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.deployment import ImageBinding
from steadyhand.profiles.policy import ImageInput
from steadyhand.profiles.robot import Camera

_LOST = 0.1
_ENOUGH = 10  # images that were published while the doctor listened


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield sizes, encodings and frames that do not fit, camera_info that is missing, and images that got lost."""
    graph = survey.graph
    if graph is None:
        return
    if contract is not None:
        for key, binding in contract.deployment.images.items():
            topic = resolved(binding.topic, graph.namespace)
            seen = graph.images.get(topic)
            camera = contract.robot.cameras.get(binding.camera)
            if seen is None or binding.masked:
                continue
            if camera is not None:
                yield from _beside_the_profile(topic, binding, camera, seen)
            yield from _for_the_policy(topic, key, binding, contract.policy.images[key], seen)
    for topic, seen in sorted(graph.images.items()):
        yield from _described(graph, topic, seen)
        yield from _lost(graph, topic, seen, survey)


def _beside_the_profile(topic: str, binding: ImageBinding, camera: Camera, seen: SeenImage) -> Iterator[Finding]:
    if seen.width and (seen.width, seen.height) != (camera.width, camera.height):
        yield Finding(
            Code.IMAGE_SIZE,
            topic,
            f"images are {seen.width}x{seen.height}; camera '{binding.camera}' of the robot profile has "
            f"{camera.width}x{camera.height}",
            "Set the driver's resolution, or correct the robot profile's; other sizes are refused.",
            [seen.width, seen.height],
        )
    if camera.frame and seen.frame and seen.frame != camera.frame:
        yield Finding(
            Code.IMAGE_FRAME,
            topic,
            f"images are of frame '{seen.frame}'; the robot profile says '{camera.frame}'",
            "See that the topic is that of the right camera: two cameras that are swapped look like this.",
            seen.frame,
        )


def _for_the_policy(
    topic: str, key: str, binding: ImageBinding, wanted: ImageInput, seen: SeenImage
) -> Iterator[Finding]:
    if binding.transport == "raw" and seen.encoding:
        known = ENCODINGS.get(seen.encoding)
        if known is None:
            yield Finding(
                Code.IMAGE_ENCODING,
                topic,
                f"encoding '{seen.encoding}' cannot be read",
                f"Set the driver to one of {', '.join(list(ENCODINGS)[:5])}; docs/observation.md lists all.",
                seen.encoding,
            )
        elif (known.depth > 0.0) != (wanted.depth is not None):
            is_one, needs_one = ("distances", "colours") if known.depth else ("colours", "distances")
            yield Finding(
                Code.IMAGE_ENCODING,
                topic,
                f"encoding '{seen.encoding}' holds {is_one}; the policy's '{key}' needs {needs_one}",
                "Bind the camera's other topic, such as image_raw in place of depth/image_raw.",
                seen.encoding,
            )
    turned = binding.rotate in (90, 270)
    width, height = (seen.height, seen.width) if turned else (seen.width, seen.height)
    if width and (width < wanted.width or height < wanted.height):
        yield Finding(
            Code.IMAGE_SMALL,
            topic,
            f"images are {width}x{height}, the policy's '{key}' is {wanted.width}x{wanted.height}: they are enlarged",
            "Raise the driver's resolution if the policy was trained on sharper images.",
            [width, height],
        )


def _described(graph: GraphSurvey, topic: str, seen: SeenImage) -> Iterator[Finding]:
    info = graph.camera_infos.get(topic)
    if graph.streams[topic].kind != IMAGE:
        return
    if info is None:
        yield Finding(
            Code.CAMERA_INFO_ABSENT,
            topic,
            "no camera_info comes beside the images",
            "Nothing of ours needs it; with it, lost images are counted exactly, and 'steadyhand profile from-robot' "
            "knows the camera.",
        )
    elif info.width and (info.width, info.height) != (seen.width, seen.height):
        yield Finding(
            Code.CAMERA_INFO_SIZE,
            topic,
            f"images are {seen.width}x{seen.height}, their camera_info says {info.width}x{info.height}",
            "The calibration is of another resolution: calibrate again, or set the driver's resolution to it.",
            [info.width, info.height],
        )


def lost(images: Stream, infos: Stream | None) -> tuple[int, int]:
    """Return how many images did not arrive, and how many were published while the first and the last did.

    Counted against the stamps of camera_info where it comes as often, else by gaps between stamps.
    """
    stamps = sorted(set(images.stamps))
    if len(stamps) < 2:
        return 0, len(stamps)
    told = [] if infos is None else [stamp for stamp in set(infos.stamps) if stamps[0] <= stamp <= stamps[-1]]
    missing = len(set(told) - set(stamps))
    if told and len(set(told) & set(stamps)) > 0:
        return missing, len(set(told) | set(stamps))
    gaps = [later - earlier for earlier, later in pairwise(stamps)]
    usual = median(gaps)
    skipped = sum(max(0, round(gap / usual) - 1) for gap in gaps)
    return skipped, len(stamps) + skipped


def _lost(graph: GraphSurvey, topic: str, seen: SeenImage, survey: Survey) -> Iterator[Finding]:
    info = graph.streams.get(f"{topic.rpartition('/')[0]}/camera_info")
    missing, published = lost(graph.streams[topic], info)
    if published < _ENOUGH or missing <= _LOST * published:
        return
    machine = survey.machine
    if "fastrtps" in machine.rmw and not machine.transports:
        remedy = (
            "By default Fast DDS has no room for whole images: set FASTDDS_DEFAULT_PROFILES_FILE (on Jazzy "
            "FASTRTPS_DEFAULT_PROFILES_FILE) to config/fastdds.xml for the camera's and our processes, or "
            "FASTDDS_BUILTIN_TRANSPORTS=LARGE_DATA on all of them. Over a network: use the compressed topic."
        )
    elif "cyclone" in machine.rmw:
        remedy = (
            "Raise net.core.rmem_max (sysctl) and Cyclone's MinimumSocketReceiveBufferSize, or use shared memory, or "
            "the compressed topic."
        )
    else:
        remedy = (
            "Give the camera's process the transports that ours have, lower size or rate, or take the compressed topic."
        )
    yield Finding(
        Code.IMAGES_LOST,
        topic,
        f"{missing} of {published} images ({seen.size / 1e6:.2f} MB each) did not arrive here",
        remedy,
        round(missing / published, 3),
    )
