"""Vision-language-action policies on arms that MoveIt and ros2_control drive."""

from pkgutil import extend_path

# The generated interfaces (steadyhand.msg, .srv, .action) may lie in another folder than this source tree.
__path__ = extend_path(__path__, __name__)

__version__ = "0.1.0"
