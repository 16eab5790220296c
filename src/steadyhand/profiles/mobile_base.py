"""The mobile base of a robot profile."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from steadyhand.profiles.base import Name, NonNegative, Positive, ProfileModel


class AxisLimits(ProfileModel):
    """What one axis of the base may be asked for. Units are m for the linear axis and rad for the angular one."""

    velocity: Positive = Field(description="largest speed a policy may ask for [m/s or rad/s]")
    acceleration: Positive = Field(description="largest acceleration a policy may ask for [m/s^2 or rad/s^2]")
    brake_acceleration: Positive = Field(description="acceleration of a stop [m/s^2 or rad/s^2]")


class MobileBase(ProfileModel):
    """What a robot's arms drive about on: velocities on a topic, which count until the next one."""

    topic: Name = Field("/cmd_vel", description="topic of its velocity commands")
    message: Literal["twist", "twist_stamped"] = Field("twist", description="geometry_msgs/Twist or TwistStamped")
    frame: str = Field("", description="frame of a TwistStamped")
    downstream_timeout: Positive | None = Field(
        None, description="after this long without a command the base stops by itself [s]; it is not driven without one"
    )
    linear: AxisLimits = Field(description="limits of driving ahead and back")
    angular: AxisLimits = Field(description="limits of turning on the spot")
    latency: NonNegative = Field(0.05, description="from a command's publication to motion [s]")
