"""The compiled library: arithmetic that Python would take too long for between two commands.

It knows arrays of numbers and nothing else; what they mean stands with the modules that call it. It uses neither
Python nor NumPy, so that one library serves all of their versions.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steadyhand.exceptions import CompiledLibraryError

LIBRARY = "libsteadyhand_compiled.so"

DOUBLES, NUMBER, INTEGER, FLAG = ctypes.c_void_p, ctypes.c_double, ctypes.c_long, ctypes.c_int
"""Types of arguments: the address of an array, or the bytes of one that is read; one number; a count; yes or no."""

Signature = tuple[Any, list[Any]]
"""What a function returns, None for nothing, and its arguments."""


@cache
def _library() -> ctypes.CDLL:
    places = list(dict.fromkeys(_places()))
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise CompiledLibraryError(
            f"{LIBRARY}, which every motion is checked with, is in none of {', '.join(map(str, places))}: steadyhand "
            "was installed where there was no C compiler. Install one, then steadyhand again (make setup)."
        )
    try:
        return ctypes.CDLL(str(found))
    except OSError as error:
        raise CompiledLibraryError(
            f"{found} cannot be loaded ({error}): install steadyhand again (make setup)"
        ) from error


def _places() -> list[Path]:
    """Return where the library may be: with an installed package, or in the environment that runs a source tree."""
    prefixes = [sys.prefix, *filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep))]
    package = Path(__file__).resolve().parent
    return [package / "resources" / LIBRARY, *(Path(prefix) / "lib" / "steadyhand" / LIBRARY for prefix in prefixes)]


def functions(signatures: Mapping[str, Signature]) -> dict[str, Callable[..., Any]]:
    """Return functions of the library by name.

    Raises:
        CompiledLibraryError: It is not installed, or cannot be loaded.
    """
    library = _library()
    found = {name: getattr(library, f"steadyhand_{name}") for name in signatures}
    for name, (result, arguments) in signatures.items():
        found[name].restype, found[name].argtypes = result, arguments
    return found


def read(values: ArrayLike) -> bytes:
    """Return an array as a function reads it: to copy one takes a tenth of the time that its address does."""
    return np.asarray(values, dtype=np.float64).tobytes()
