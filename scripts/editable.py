"""Let a virtual environment import steadyhand from this source tree, and be found by the ament index."""

import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"

# Python runs each line at start-up, after the file of the ROS wheels, which sets the library path.
IMPORT = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n"
INDEX = (
    'import os, sys; before = os.environ.get("AMENT_PREFIX_PATH", "").split(":");'
    ' os.environ["AMENT_PREFIX_PATH"] = ":".join(dict.fromkeys([sys.prefix, *filter(None, before)]))\n'
)


def main() -> None:
    """Write steadyhand.pth into the environment of the interpreter that runs this: editable.py [DISTRIBUTION]."""
    if sys.prefix == sys.base_prefix:
        sys.exit(f"{sys.executable} is not in a virtual environment; nothing was written.")
    lines = IMPORT
    if Path(sys.prefix, "share", "ament_index").exists():
        lines += INDEX
        # Wheels set nothing that tells their distribution, and some names of the middleware depend on it.
        lines += "".join(f'import os; os.environ.setdefault("ROS_DISTRO", {name!r})\n' for name in sys.argv[1:])
    Path(sysconfig.get_path("purelib"), "steadyhand.pth").write_text(lines)


if __name__ == "__main__":
    main()
