"""Every finding that the doctor can make, with how bad it is."""

from __future__ import annotations

from enum import Enum


class Severity(str, Enum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for the worst."""
        return list(Severity).index(self)


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(str, Enum):
    """Codes of findings. ``severity`` is ERROR where the arm would not move, or not as meant."""

    severity: Severity

    def __new__(cls, code: str, severity: Severity) -> Code:
        """Make a member that is its code and carries the severity."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.severity = severity
        return member

    def __str__(self) -> str:
        return str(self.value)

    # The graph as a whole.
    NOTHING_RUNNING = "NOTHING_RUNNING", _W
    ROBOT_ABSENT = "ROBOT_ABSENT", _E
    DOMAIN_DIFFERS = "DOMAIN_DIFFERS", _W
    RMW_DIFFERS = "RMW_DIFFERS", _W

    # Topics.
    TOPIC_ABSENT = "TOPIC_ABSENT", _E
    TOPIC_TYPE = "TOPIC_TYPE", _E
    TOPIC_SILENT = "TOPIC_SILENT", _E
    RATE_LOW = "RATE_LOW", _W
    RATE_HIGH = "RATE_HIGH", _N
    QOS_INCOMPATIBLE = "QOS_INCOMPATIBLE", _E
    QOS_INCOMPATIBLE_ELSEWHERE = "QOS_INCOMPATIBLE_ELSEWHERE", _W

    # Time.
    STAMP_ZERO = "STAMP_ZERO", _E
    STAMP_FUTURE = "STAMP_FUTURE", _E
    STAMP_STALE = "STAMP_STALE", _E
    STAMP_STANDING = "STAMP_STANDING", _E
    CLOCK_OFFSET = "CLOCK_OFFSET", _E
    CLOCK_ABSENT = "CLOCK_ABSENT", _E
    CLOCK_TWICE = "CLOCK_TWICE", _E
    SIM_TIME_MISMATCH = "SIM_TIME_MISMATCH", _E

    # Cameras.
    IMAGE_SIZE = "IMAGE_SIZE", _E
    IMAGE_ENCODING = "IMAGE_ENCODING", _E
    IMAGE_SMALL = "IMAGE_SMALL", _N
    IMAGE_FRAME = "IMAGE_FRAME", _N
    IMAGES_LOST = "IMAGES_LOST", _W
    CAMERA_INFO_ABSENT = "CAMERA_INFO_ABSENT", _N
    CAMERA_INFO_SIZE = "CAMERA_INFO_SIZE", _W

    # Joints.
    JOINT_MISSING = "JOINT_MISSING", _E
    JOINT_PREFIX = "JOINT_PREFIX", _E
    JOINT_PARTS = "JOINT_PARTS", _E
    JOINT_TWICE = "JOINT_TWICE", _E
    JOINT_ORDER = "JOINT_ORDER", _N
    JOINT_NOT_FINITE = "JOINT_NOT_FINITE", _E
    JOINT_DEGREES = "JOINT_DEGREES", _E
    JOINT_LIMITS = "JOINT_LIMITS", _E
    GRIPPER_UNITS = "GRIPPER_UNITS", _E
    GRIPPER_RANGE = "GRIPPER_RANGE", _W

    # The robot's description and frames.
    DESCRIPTION_ABSENT = "DESCRIPTION_ABSENT", _N
    DESCRIPTION_JOINTS = "DESCRIPTION_JOINTS", _E
    DESCRIPTION_LIMITS = "DESCRIPTION_LIMITS", _E
    DESCRIPTION_DIFFERS = "DESCRIPTION_DIFFERS", _W
    TF_ABSENT = "TF_ABSENT", _N
    TF_FRAME_MISSING = "TF_FRAME_MISSING", _W
    TF_DISCONNECTED = "TF_DISCONNECTED", _W
    TF_TWO_PARENTS = "TF_TWO_PARENTS", _W

    # Controllers.
    CONTROLLER_ABSENT = "CONTROLLER_ABSENT", _E
    CONTROLLER_INACTIVE = "CONTROLLER_INACTIVE", _E
    CONTROLLER_MISMATCH = "CONTROLLER_MISMATCH", _E
    CONTROLLER_CLAIMS = "CONTROLLER_CLAIMS", _E
    CONTROLLER_ADVICE = "CONTROLLER_ADVICE", _N
    CONTROLLER_UNKNOWN = "CONTROLLER_UNKNOWN", _N
    GRIPPER_ABSENT = "GRIPPER_ABSENT", _E
    OTHER_PUBLISHER = "OTHER_PUBLISHER", _E

    # Our nodes.
    NODES_NOT_STARTED = "NODES_NOT_STARTED", _N
    NODE_ABSENT = "NODE_ABSENT", _E
    NODE_INACTIVE = "NODE_INACTIVE", _E
    NODE_TWICE = "NODE_TWICE", _W
    POLICY_SILENT = "POLICY_SILENT", _E
    LATENCY_LONG = "LATENCY_LONG", _W
    LATENCY_TOO_LONG = "LATENCY_TOO_LONG", _E
    PROFILE_DIFFERS = "PROFILE_DIFFERS", _E
    DIAGNOSTIC_ERROR = "DIAGNOSTIC_ERROR", _E
    DIAGNOSTIC_WARNING = "DIAGNOSTIC_WARNING", _W

    # The machine.
    ROS_UNUSABLE = "ROS_UNUSABLE", _E
    PYTHON_MISMATCH = "PYTHON_MISMATCH", _E
    ENTRY_POINTS = "ENTRY_POINTS", _W
    PACKAGE_MISSING = "PACKAGE_MISSING", _E
    CV_BRIDGE_UNUSABLE = "CV_BRIDGE_UNUSABLE", _E
    CV_BRIDGE_BROKEN = "CV_BRIDGE_BROKEN", _N
    SHARED_MEMORY = "SHARED_MEMORY", _W
    SHARED_MEMORY_FOREIGN = "SHARED_MEMORY_FOREIGN", _W
    DISCOVERY_LOCALHOST = "DISCOVERY_LOCALHOST", _W
    DISK_LOW = "DISK_LOW", _W
    CPU_BUSY = "CPU_BUSY", _W
    CPU_FEW = "CPU_FEW", _N
    RT_PRIORITY = "RT_PRIORITY", _N
