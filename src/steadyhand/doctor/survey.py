"""What was measured of a live graph."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from steadyhand.doctor.machine import Machine


@dataclass(frozen=True)
class Qos:
    """What decides whether a publisher and a subscription talk to each other.

    Attributes:
        reliability: ``reliable`` or ``best_effort``.
        durability: ``volatile`` or ``transient_local``.
        liveliness: ``automatic`` or ``manual_by_topic``.
        deadline: Longest time between two messages, offered or asked for, infinite for none [s].
        lease: Longest time between two signs of life, infinite for none [s].
    """

    reliability: str = "reliable"
    durability: str = "volatile"
    liveliness: str = "automatic"
    deadline: float = math.inf
    lease: float = math.inf


@dataclass(frozen=True)
class Endpoint:
    """A publisher or a subscription.

    Attributes:
        node: Full name of its node; or, where ours does not run, which of our nodes it stands for.
        kind: Type of the messages, such as ``sensor_msgs/msg/Image``.
        qos: Its qualities of service.
        ours: True for those of our nodes, or in their place.
    """

    node: str
    kind: str
    qos: Qos = field(default_factory=Qos)
    ours: bool = False


@dataclass(frozen=True)
class Topic:
    """A topic and who is there. The survey's own node is left out."""

    publishers: tuple[Endpoint, ...] = ()
    subscriptions: tuple[Endpoint, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Types that are published."""
        return tuple(dict.fromkeys(publisher.kind for publisher in self.publishers))


@dataclass(frozen=True)
class Stream:
    """What was heard on a topic.

    Attributes:
        kind: Type of the messages.
        arrivals: Steady times of receipt [s].
        stamps: Their stamps on the sender's clock, as many, none where the type has none [s].
        ages: Time of receipt on the graph's clock less the stamp, as many as stamps [s].
    """

    kind: str
    arrivals: tuple[float, ...] = ()
    stamps: tuple[float, ...] = ()
    ages: tuple[float, ...] = ()


@dataclass(frozen=True)
class SeenImage:
    """The newest image of a topic, or what its camera_info says of it; 0 and empty where it does not say."""

    width: int
    height: int
    encoding: str = ""
    frame: str = ""
    size: int = 0


@dataclass(frozen=True)
class JointMessage:
    """One joint state. Values are in the units of its sender."""

    names: tuple[str, ...]
    positions: tuple[float, ...]


@dataclass(frozen=True)
class SeenNode:
    """A node.

    Attributes:
        count: How many have its name.
        use_sim_time: Its parameter, None where it did not say.
        lifecycle: Label of its lifecycle state, empty where it has none or did not say.
    """

    count: int = 1
    use_sim_time: bool | None = None
    lifecycle: str = ""


@dataclass(frozen=True)
class SeenController:
    """A controller as its manager lists it.

    Attributes:
        state: Such as ``active``.
        kind: Type of the controller.
        claimed: Interfaces that it claims, such as ``panda_joint1/position``.
    """

    state: str
    kind: str = ""
    claimed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArmController:
    """What the probe of an arm's controller says.

    Attributes:
        refusal: Code of the reason why the arm must not move through it, empty where it may.
        complaint: The same in words.
        advice: What could be better.
        silent: True where neither a manager nor the controller's parameters answered, or no Servo did.
        topic: Where Servo says that it takes commands; empty of other controllers.
    """

    refusal: str = ""
    complaint: str = ""
    advice: tuple[str, ...] = ()
    silent: bool = False
    topic: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """The newest status of one of our nodes on /diagnostics.

    Attributes:
        level: 0 for fine, 1 for a warning, 2 for an error.
        message: What it says.
        values: Its values by key.
    """

    level: int
    message: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GraphSurvey:
    """A graph as it showed itself while it was listened to.

    Attributes:
        duration: How long that was [s].
        namespace: Namespace of our nodes, without slashes at its ends.
        nodes: Nodes by full name.
        topics: Topics by name.
        streams: What was listened to, by topic; also those where nothing came.
        images: Newest image by topic.
        camera_infos: Newest camera_info by the topic of the images.
        joints: Joint states by topic, the newest of those heard.
        servers: Actions whose server is there, and of those that the deployment needs, by name.
        controllers: What controller managers list, by name with namespace; None where no manager answered.
        arms: The probe's words by the arm's controller.
        description: The published robot description, URDF text; empty where none came.
        transforms: Parents by child frame, of /tf and /tf_static.
        diagnoses: Of our nodes, by name such as ``policy``.
    """

    duration: float = 0.0
    namespace: str = ""
    nodes: Mapping[str, SeenNode] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    images: Mapping[str, SeenImage] = field(default_factory=dict)
    camera_infos: Mapping[str, SeenImage] = field(default_factory=dict)
    joints: Mapping[str, tuple[JointMessage, ...]] = field(default_factory=dict)
    servers: Mapping[str, bool] = field(default_factory=dict)
    controllers: Mapping[str, SeenController] | None = None
    arms: Mapping[str, ArmController] = field(default_factory=dict)
    description: str = ""
    transforms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    diagnoses: Mapping[str, Diagnosis] = field(default_factory=dict)

    def named(self, node: str) -> str:
        """Return the full name of a node of ours, such as ``/cell/policy``."""
        return f"/{self.namespace}/{node}" if self.namespace else f"/{node}"

    @property
    def simulated_time(self) -> bool:
        """True where somebody publishes /clock."""
        return bool(self.topics.get("/clock", Topic()).publishers)

    @property
    def empty(self) -> bool:
        """True where no node is there."""
        return not self.nodes


@dataclass(frozen=True)
class Survey:
    """All that was measured.

    Attributes:
        machine: The machine.
        graph: The graph; None where ROS cannot be used here.
    """

    machine: Machine
    graph: GraphSurvey | None = None
