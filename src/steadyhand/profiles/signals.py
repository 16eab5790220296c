"""What the robot and its operator say beside joint states: speed scaling, safety state, enable, controller state."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from steadyhand.profiles.base import Name, NotTruth, Positive, ProfileModel, Truth


class SpeedScaling(ProfileModel):
    """How fast the robot lets its controller go along a trajectory."""

    topic: Name = Field(description="topic of the scaling")
    kind: Literal["percent", "factor", "controller_state"] = Field(
        "percent",
        description="std_msgs/Float64 from 0 to 100, the same from 0 to 1, or "
        "control_msgs/JointTrajectoryControllerState.speed_scaling_factor",
    )
    age: Positive = Field(0.2, description="longest silence [s]")
    freeze: Positive = Field(2.0, description="longest standstill at a scaling of 0 that ends without resume [s]")


class SafetySignal(ProfileModel):
    """One signal of the robot's safety system."""

    topic: Name = Field(description="topic of the signal")
    kind: Literal["bool", "ur_safety_mode"] = Field(
        "bool", description="std_msgs/Bool, true where the arm may move; or ur_dashboard_msgs/SafetyMode"
    )
    age: Positive | None = Field(
        None, description="longest silence [s]; none: latched, published on change, and somebody must publish it"
    )


class Enable(ProfileModel):
    """The operator's enable signal, as of a deadman's switch."""

    topic: Name = Field(description="topic of the signal")
    kind: Literal["bool", "joy"] = Field(
        "bool", description="std_msgs/Bool, true while the arm may move; or a button of sensor_msgs/Joy, held meanwhile"
    )
    button: Annotated[int, NotTruth, Field(ge=0)] | None = Field(
        None, description="kind joy: number of the button, from 0; required there"
    )
    inverted: Truth = Field(False, description="the arm may move while it is false, or the button is not held")
    age: Positive = Field(0.5, description="longest silence [s]")

    @model_validator(mode="after")
    def _has_a_button_where_it_is_a_joystick(self) -> Enable:
        if (self.kind == "joy") != (self.button is not None):
            raise ValueError("give 'button' with kind: joy, and only there")
        return self


class ControllerState(ProfileModel):
    """What the arm's controller says it follows."""

    topic: Name = Field(description="topic of control_msgs/JointTrajectoryControllerState")
    age: Positive = Field(0.3, description="oldest state to act on [s]")
    tolerance: Positive = Field(
        0.05, description="largest distance between the controller's reference and what it was told [rad or m]"
    )
