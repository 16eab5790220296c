"""What can be wrong with profiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from steadyhand.exceptions import SteadyhandError


@dataclass(frozen=True)
class ProfileProblem:
    """One thing that is wrong in one file.

    Attributes:
        file: Path of the file, or the name that was looked for.
        key: Path of the key inside the file (``joints.elbow.velocity``), empty where the whole file is meant.
        message: What is wrong, as a sentence.
        remedy: What to do about it, as a sentence.
        value: The offending value as text, empty where there is none.
        line: Line in the file, counted from 1; None where unknown.
    """

    file: str
    key: str
    message: str
    remedy: str
    value: str = ""
    line: int | None = None

    def __str__(self) -> str:
        """Return the problem as indented lines, without its file."""
        place = self.key or "(whole file)"
        if self.line is not None:
            place += f" (line {self.line})"
        value = f" [{self.value}]" if self.value else ""
        return f"  {place}: {self.message}{value}\n    -> {self.remedy}"


class ProfileError(SteadyhandError):
    """Everything that is wrong with a deployment and the profiles it names.

    Attributes:
        problems: All problems found, each once, by file and line.
    """

    def __init__(self, problems: Sequence[ProfileProblem]) -> None:
        files = list(dict.fromkeys(problem.file for problem in problems))
        # Sorting is stable: problems in one line keep the order in which they were found.
        ordered = sorted(dict.fromkeys(problems), key=lambda problem: (files.index(problem.file), problem.line or 0))
        self.problems = tuple(ordered)
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count != 1 else ''} in the profiles"]
        for file in files:
            lines.append(file)
            lines += [str(problem) for problem in ordered if problem.file == file]
        super().__init__("\n".join(lines))


class JointBindingError(SteadyhandError):
    """A message does not hold the joints that a profile needs."""
