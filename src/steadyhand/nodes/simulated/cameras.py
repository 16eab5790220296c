"""The simulated cameras: what they are called and how large their images are."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rclpy.node import Node

from steadyhand.nodes.simulated.settings import SimulatorSettings
from steadyhand.simulation.cameras import CAMERAS, OPTICAL_FRAMES


@dataclass(frozen=True)
class CameraSettings:
    """What the process that draws and publishes the images is started with.

    Attributes:
        topics: Camera to absolute name of its image topic; camera_info lies beside it.
        frames: Camera to frame of its images.
        task: The task in force.
        renderer: Backend of the renderer.
        width: Of the published images [pixel].
        height: Of the published images [pixel].
        render_width: Of the drawn images, stretched to the published size [pixel].
        node: Name of the process's node.
        namespace: Its namespace.
    """

    topics: dict[str, str]
    frames: dict[str, str]
    task: str
    renderer: str
    width: int
    height: int
    render_width: int
    node: str
    namespace: str

    @property
    def render_height(self) -> int:
        """Height of the drawn images [pixel]."""
        return max(1, round(self.render_width * self.height / self.width))

    @classmethod
    def of(cls, node: Node, settings: SimulatorSettings) -> CameraSettings:
        """Return the settings that follow from the simulator's parameters, with its remappings."""
        return cls(
            topics={name: node.resolve_topic_name(f"/{name}_camera/image_raw") for name in CAMERAS},
            frames=dict(OPTICAL_FRAMES),
            task=settings.task,
            renderer=settings.renderer,
            width=settings.image_width,
            height=settings.image_height,
            render_width=settings.render_width or settings.image_width,
            node=f"{node.get_name()}_cameras",
            namespace=node.get_namespace(),
        )

    def to_json(self) -> str:
        """Return the settings as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> CameraSettings:
        """Return the settings that ``to_json`` gave."""
        return cls(**json.loads(text))
