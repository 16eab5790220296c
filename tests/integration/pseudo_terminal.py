"""A terminal whose screen is read and whose keyboard is typed on by a test."""

import fcntl
import os
import pty
import struct
import termios


class PseudoTerminal:
    """One end of a pseudo-terminal; a program has the other.

    Attributes:
        name: Device of the program's end.
    """

    def __init__(self, rows: int = 40, columns: int = 110) -> None:
        self._ours, self._theirs = pty.openpty()
        self.name = os.ttyname(self._theirs)
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.set_blocking(self._ours, False)
        self._shown = b""

    @property
    def shown(self) -> str:
        """Everything that was written since the beginning, or since `clear`."""
        try:
            while said := os.read(self._ours, 65536):
                self._shown += said
        except (BlockingIOError, OSError):
            pass
        return self._shown.decode(errors="replace")

    @property
    def modes(self) -> list:
        """Settings of the terminal."""
        return termios.tcgetattr(self._theirs)

    def clear(self) -> None:
        """Forget what was written until now."""
        assert self.shown is not None
        self._shown = b""

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def close(self) -> None:
        """Close both ends, as a window that is closed."""
        os.close(self._ours)
        os.close(self._theirs)
