"""Parameters of the simulator node."""

from __future__ import annotations

from dataclasses import dataclass

from rclpy.node import Node

from steadyhand.nodes.exceptions import ParameterError
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.simulated.gripper import GRIPPER_ACTIONS
from steadyhand.simulation.controllers.gripper import GripperOptions
from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryOptions
from steadyhand.simulation.rendering import BACKENDS
from steadyhand.simulation.robot import PERIOD
from steadyhand.simulation.scene import ARM_JOINTS

NO_RENDERER = "none"
"""Value of the parameter ``renderer`` for a simulator without cameras."""


@dataclass(frozen=True)
class SimulatorSettings:
    """What the node is started with.

    Attributes:
        task: Name of the task.
        seed: Of the first scene.
        lockstep: Publish /clock and wait for the nodes.
        lead: How far the time may run ahead of what the nodes have reported, in lockstep [s].
        patience: Longest silence of a node that holds the time back, in lockstep [s].
        speed: Most simulated seconds in a second, in lockstep; 0 for no limit.
        renderer: Backend of the renderer, or none.
        viewer: Show the world in a window.
        image_width: Of the published images [pixel].
        image_height: Of the published images [pixel].
        image_rate: Of the cameras [Hz].
        render_width: Of the drawn images [pixel]; 0 for ``image_width``.
        transform_rate: Of /tf [Hz]; 0 for none.
        gripper_action: Type of the hand's action.
        arm: Parameters of the arm's controller.
        gripper: Parameters of the hand's controller.
    """

    task: str
    seed: int
    lockstep: bool
    lead: float
    patience: float
    speed: float
    renderer: str
    viewer: bool
    image_width: int
    image_height: int
    image_rate: float
    render_width: int
    transform_rate: float
    gripper_action: str
    arm: JointTrajectoryOptions
    gripper: GripperOptions

    @classmethod
    def declare(cls, node: Node) -> SimulatorSettings:
        """Declare the parameters that are fixed at the start, and return their values.

        Raises:
            ParameterError: A value is not allowed.
        """
        settings = cls(
            task=declare(node, "task", "pick", "task whose objects lie on the table"),
            seed=declare(node, "seed", 0, "seed of the first scene", low=0, high=2**63 - 1),
            lockstep=declare(node, "lockstep", False, "publish /clock and wait for the nodes; otherwise real time"),
            lead=declare(
                node, "lead", 0.1, "how far the time may run ahead of the nodes, in lockstep [s]", low=0.01, high=10.0
            ),
            patience=declare(
                node, "patience", 2.0, "longest silence of a node that holds the time back [s]", low=0.1, high=600.0
            ),
            speed=declare(
                node, "speed", 1.0, "most simulated seconds in a second, in lockstep; 0: no limit", low=0.0, high=100.0
            ),
            renderer=declare(
                node, "renderer", "auto", "what draws the images; none: no cameras", choices=(*BACKENDS, NO_RENDERER)
            ),
            viewer=declare(node, "viewer", False, "show the simulated world in a window"),
            image_width=declare(node, "image_width", 640, "width of the images [pixel]", low=16, high=1280),
            image_height=declare(node, "image_height", 480, "height of the images [pixel]", low=16, high=960),
            image_rate=declare(node, "image_rate", 30.0, "rate of both cameras [Hz]", low=0.1, high=100.0),
            render_width=declare(
                node,
                "render_width",
                0,
                "width at which images are drawn before being stretched to image_width [pixel]; 0: image_width",
                low=0,
                high=1280,
            ),
            transform_rate=declare(node, "transform_rate", 20.0, "rate of /tf [Hz]; 0: none", low=0.0, high=100.0),
            gripper_action=declare(
                node, "gripper_action", "gripper_command", "type of the hand's action", choices=tuple(GRIPPER_ACTIONS)
            ),
            arm=_declare_arm(node),
            gripper=_declare_gripper(node),
        )
        if not settings.lockstep and node.get_parameter("use_sim_time").value:
            raise ParameterError(
                "parameter 'use_sim_time' of the simulator is true, but in real time nothing publishes /clock: "
                "leave it false here, or set 'lockstep'"
            )
        return settings


def _declare_arm(node: Node) -> JointTrajectoryOptions:
    return JointTrajectoryOptions(
        joint_names=ARM_JOINTS,
        update_period=PERIOD,
        interpolate_from_desired_state=declare(
            node,
            "interpolate_from_desired_state",
            False,
            "the arm's controller enters a new trajectory from the commanded state instead of the measured one",
        ),
        allow_nonzero_velocity_at_trajectory_end=declare(
            node,
            "allow_nonzero_velocity_at_trajectory_end",
            True,
            "the arm's controller accepts trajectories that end in motion, as MoveIt's configuration of the Panda does",
        ),
        allow_partial_joints_goal=declare(
            node, "allow_partial_joints_goal", False, "the arm's controller accepts trajectories for some joints only"
        ),
    )


def _declare_gripper(node: Node) -> GripperOptions:
    return GripperOptions(
        goal_tolerance=declare(
            node, "gripper_goal_tolerance", 0.01, "distance at which a gripper goal is reached [m]", low=0.0, high=0.1
        ),
        allow_stalling=declare(
            node, "gripper_allow_stalling", False, "a gripper goal that stalls on an object succeeds"
        ),
        stall_timeout=declare(
            node, "gripper_stall_timeout", 1.0, "standing still for longer is a stall [s]", low=0.0, high=60.0
        ),
    )
