"""Every image that the policy sees has a camera, and no camera feeds what the policy does not know."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs
from steadyhand.profiles.search import suggestion


@needs("deployment.images", "policy.images")
def keys(parts: Parts) -> Iterator[ProfileProblem]:
    """The image keys are the policy's."""
    bound, wanted = parts.deployment.images, parts.policy.images
    for key in wanted:
        if key not in bound:
            remedy = f"Add under images: {key}: {{camera: NAME, topic: TOPIC}}."
            if wanted[key].optional:
                remedy += " Or masked: true, as the policy can do without."
            yield parts.problem("deployment", ("images",), f"no camera feeds the policy's image {key!r}", remedy)
    for key in bound:
        if key not in wanted:
            remedy = suggestion(key, list(wanted), noun="images of the policy")
            yield parts.problem("deployment", ("images", key), f"the policy has no image {key!r}", remedy)


@needs("deployment.images", "policy.images")
def masks(parts: Parts) -> Iterator[ProfileProblem]:
    """An image is masked only where the policy can do without, and then has no camera."""
    for key, binding in parts.deployment.images.items():
        if not binding.masked:
            continue
        image = parts.policy.images.get(key)
        if image is not None and not image.optional:
            yield parts.problem(
                "deployment",
                ("images", key, "masked"),
                "the policy cannot do without this image",
                "Give a camera and a topic; or optional: true in the policy profile, if it was trained with masks.",
            )
        if binding.camera or binding.topic:
            yield parts.problem(
                "deployment",
                ("images", key, "masked"),
                "is true, but there is a camera",
                "Take out masked, or the camera and topic.",
            )


@needs("deployment.images")
def topics(parts: Parts) -> Iterator[ProfileProblem]:
    """An image that is not masked has a camera and a topic."""
    for key, binding in parts.deployment.images.items():
        for word in ("camera", "topic"):
            if not binding.masked and not getattr(binding, word):
                yield parts.problem(
                    "deployment", ("images", key, word), "is missing", "Add the key, or masked: true for no camera."
                )


@needs("deployment.images", "robot.cameras")
def cameras(parts: Parts) -> Iterator[ProfileProblem]:
    """The cameras are the robot's."""
    known = list(parts.robot.cameras)
    for key, binding in parts.deployment.images.items():
        if binding.camera and binding.camera not in known:
            yield parts.problem(
                "deployment",
                ("images", key, "camera"),
                f"the robot has no camera {binding.camera!r}",
                suggestion(binding.camera, known, noun="cameras"),
            )


@needs("policy.images")
def depths(parts: Parts) -> Iterator[ProfileProblem]:
    """A range of depth begins before it ends."""
    for key, image in parts.policy.images.items():
        if image.depth is not None and image.depth.near >= image.depth.far:
            yield parts.problem(
                "policy",
                ("images", key, "depth", "near"),
                f"is not nearer than far, {image.depth.far:g} m",
                "Give the distances that became 0 and 255 in the training data, near first.",
            )


@needs("deployment.images", "policy.images")
def compressed_depths(parts: Parts) -> Iterator[ProfileProblem]:
    """A JPEG holds no distances; a PNG of 16 bits would, but the transport that is made for them is not read."""
    for key, binding in parts.deployment.images.items():
        image = parts.policy.images.get(key)
        if image is not None and image.depth is not None and binding.topic.endswith("/compressedDepth"):
            yield parts.problem(
                "deployment",
                ("images", key, "topic"),
                "the transport compressedDepth is not read",
                "Give the topic of the depth image itself, with transport: raw.",
            )


CHECKS = (keys, masks, topics, cameras, depths, compressed_depths)
