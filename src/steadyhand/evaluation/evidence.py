"""What recorded topics show of a reason that the bridge gave."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise
from typing import Any

import numpy as np

from steadyhand.chunks.messages import to_seconds
from steadyhand.evaluation.recording import CHUNKS, HEARTBEAT, JOINTS, PILOT, REPORTS, Recorded, Recording
from steadyhand.evaluation.replay import VERDICTS


class Evidence:
    """Looks up what was recorded around a time.

    Args:
        recording: The recording.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._joints = recording.of(JOINTS)
        self._chunks = recording.of(CHUNKS)
        self._beats = {role: recording.of(role) for role in (HEARTBEAT, PILOT)}
        self._joint_stamps = [entry.stamp for entry in self._joints]

    def of(self, code: str, time: float, report: Any) -> tuple[str, ...]:
        """Return sentences about a reason.

        Args:
            code: The reason.
            time: Of the first report that gives it, ROS clock [s].
            report: That report.
        """
        if code in ("JOINT_STATE_STALE", "JOINT_STATE_INVALID"):
            return self._joint_states(time, code)
        if code == "TRACKING_ERROR":
            return self._tracking(time, report)
        if code == "POLICY_SILENT":
            return self._silence(HEARTBEAT, "policy/heartbeat", time)
        if code == "PILOT_SILENT":
            return self._silence(PILOT, "pilot/status", time)
        if code == "CLOCK_JUMP":
            return self._jump(time)
        if code in VERDICTS:
            return self._chunk(code, time, report)
        return ()

    def _joint_states(self, time: float, code: str) -> tuple[str, ...]:
        if not self._joints:
            return ("no joint states were recorded",)
        index = bisect_right(self._joint_stamps, time + 1e-9)
        said = []
        if index > 0:
            entry = self._joints[index - 1]
            said.append(f"the newest joint state before was stamped {time - entry.stamp:.3f} s earlier")
            values = np.array(entry.message.position, dtype=np.float64)
            if code == "JOINT_STATE_INVALID" and not np.isfinite(values).all():
                name = entry.message.name[int(np.argmin(np.isfinite(values)))]
                said.append(f"its position of {name} is {values[np.argmin(np.isfinite(values))]}")
            elif code == "JOINT_STATE_INVALID":
                said.append(f"it has the joints {', '.join(entry.message.name) or 'none'}")
        if index < len(self._joints):
            before = self._joint_stamps[index - 1] if index > 0 else time
            said.append(f"the next came {self._joint_stamps[index] - before:.3f} s after it")
        else:
            said.append("none was recorded afterwards")
        return tuple(said)

    def _tracking(self, time: float, report: Any) -> tuple[str, ...]:
        index = bisect_right(self._joint_stamps, time + 1e-9)
        if index == 0 or len(report.positions) == 0:
            return ("no joint states were recorded before",)
        measured = dict(
            zip(self._joints[index - 1].message.name, self._joints[index - 1].message.position, strict=False)
        )
        away = {
            name: measured[name] - commanded
            for name, commanded in zip(report.joint_names, report.positions, strict=True)
            if name in measured
        }
        if not away:
            return ("the joint states name the joints differently than the bridge",)
        worst = max(away, key=lambda name: abs(away[name]))
        age = time - self._joint_stamps[index - 1]
        return (f"{worst} was measured {away[worst]:+.3f} from its command, {age:.3f} s before the report",)

    def _silence(self, role: str, topic: str, time: float) -> tuple[str, ...]:
        stamps = [entry.stamp for entry in self._beats[role]]
        earlier, later = [s for s in stamps if s <= time], [s for s in stamps if s > time]
        if not earlier:
            return (f"nothing was recorded of {topic} before",)
        back = f"it came back {later[0] - earlier[-1]:.2f} s after that" if later else "it did not come back"
        return (f"the last message of {topic} was stamped {time - earlier[-1]:.2f} s earlier; {back}",)

    def _jump(self, time: float) -> tuple[str, ...]:
        stamps = [entry.stamp for entry in self._recording.of(REPORTS)]
        jumps = [before - after for before, after in pairwise(stamps) if after == time]
        return tuple(f"the stamps of execution_state go back by {jump:.3f} s" for jump in jumps if jump > 0.0)

    def _chunk(self, code: str, time: float, report: Any) -> tuple[str, ...]:
        """Describe the newest chunk of the episode that had come by the time of a report."""
        received = next((e.received for e in self._recording.of(REPORTS) if e.message is report), math.inf)
        own = [e for e in self._chunks if e.message.episode_id == report.episode_id and e.received <= received + 0.02]
        if not own:
            return ("no chunk of the episode was recorded before",)
        newest = own[-1]
        chunk = newest.message
        said = [
            f"chunk {chunk.sequence}: observation {time - newest.stamp:.3f} s old when it was decided, "
            f"{to_seconds(chunk.inference_latency):.3f} s of it in the policy"
        ]
        said += [
            f"its input {entry.name} was {time - to_seconds(entry.stamp):.3f} s old"
            for entry in chunk.inputs
            if code in ("OBSERVATION_STALE", "OBSERVATION_FUTURE")
        ]
        said += self._contents(code, newest, time)
        return tuple(said)

    def _contents(self, code: str, newest: Recorded, time: float) -> list[str]:
        chunk = newest.message
        end = newest.stamp + chunk.first_row_offset + (chunk.horizon - 1) * chunk.dt
        if code in ("UNDERRUN", "CHUNK_STALE"):
            return [f"its last row was meant for {abs(end - time):.3f} s {'before' if end < time else 'after'} that"]
        rows = np.array(chunk.data, dtype=np.float64)
        if code == "CHUNK_NOT_FINITE" and not np.isfinite(rows).all():
            row, column = divmod(int(np.argmin(np.isfinite(rows))), max(1, len(chunk.dimension_names)))
            return [f"its row {row} has {rows[~np.isfinite(rows)][0]} in column {chunk.dimension_names[column]}"]
        if code in ("CHUNK_WIDTH", "CHUNK_NAMES"):
            return [f"it has {len(rows)} values: {chunk.horizon} rows of {', '.join(chunk.dimension_names)}"]
        if code == "CHUNK_TIMING":
            return [f"its dt is {chunk.dt:g} s and its first row at {chunk.first_row_offset:g} s"]
        if code == "CHUNK_PROFILE":
            return [f"it was made with profile {chunk.profile_hash[:12] or 'unknown'}"]
        if code == "CHUNK_MISORDERED":
            before = [entry.message.sequence for entry in self._chunks if entry.received < newest.received]
            return [f"the chunk before it was {before[-1]}"] if before else []
        return []
