"""Policies computed by ONNX Runtime."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.observation import Observation
from steadyhand.policies.answer import answer
from steadyhand.policies.exceptions import ModelError
from steadyhand.policies.model_file import locate_model
from steadyhand.policies.policy import InferenceContext, filled
from steadyhand.policies.words import hash_words
from steadyhand.profiles.contract import Contract

STATE = "state"
"""Name of the state input."""
WORDS = "words"
"""Name of the instruction input: hashed words."""
PREFIX, DELAY = "prefix", "delay"
"""Names of the inputs of a model that continues committed rows."""
NOISE = "noise"
"""Name of the input where sampling starts."""
ACTIONS = "actions"
"""Name of the output."""


@dataclass(frozen=True)
class Tensor:
    """Name, ONNX element type and shape of an input or output; None in a shape is any length."""

    name: str
    kind: str
    shape: tuple[int | None, ...]

    def __str__(self) -> str:
        """Return it as ``name: type[shape]``."""
        lengths = ", ".join("?" if length is None else str(length) for length in self.shape)
        return f"{self.name}: {self.kind}[{lengths}]"


def expected_inputs(contract: Contract) -> list[Tensor]:
    """Return the inputs that a model of this policy profile has, the length of the instruction left open."""
    policy = contract.policy
    steps = (policy.history.steps,) if policy.history.steps > 1 else ()
    images = [Tensor(key, "uint8", (1, *steps, image.height, image.width, 3)) for key, image in policy.images.items()]
    return [*images, Tensor(STATE, "float", (1, *steps, policy.state_size)), Tensor(WORDS, "int64", (1, None))]


def optional_inputs(contract: Contract) -> list[Tensor]:
    """Return the inputs that a model may have besides: committed rows, how many there are, and noise."""
    rows = (1, contract.policy.horizon, len(contract.policy.dimension_names))
    return [Tensor(PREFIX, "float", rows), Tensor(DELAY, "int64", (1,)), Tensor(NOISE, "float", rows)]


def expected_output(contract: Contract) -> Tensor:
    """Return the output that a model of this policy profile has."""
    policy = contract.policy
    return Tensor(ACTIONS, "float", (1, policy.horizon, len(policy.dimension_names)))


class OnnxPolicy:
    """A network in an ONNX file, in the units of the policy profile.

    Its inputs are each image key (uint8, shape (1, height, width, 3)), ``state`` (float, shape (1, S)) and ``words``
    (int64, hashed words of the instruction, shape (1, L)); its output is ``actions`` (float, shape (1, H, D)). With a
    history of N > 1 steps, images are shaped (1, N, height, width, 3) and the state (1, N, S), oldest first. It may
    also take ``prefix`` (float, shape (1, H, D), committed rows, the last of them repeated), ``delay`` (int64, shape
    (1,), how many there are) and ``noise`` (float, shape (1, H, D), in the network's units).

    Args:
        contract: The resolved deployment. Arguments of the backend: ``model``, a path or a file of the package,
            ``threads``, and ``noise``, the standard deviation of the noise that sampling starts from (1 where none is
            given; 0 always gives the same chunk).

    Raises:
        ModelError: The model cannot be read, or does not fit the policy profile; names every misfit.
    """

    def __init__(self, contract: Contract) -> None:
        arguments = contract.policy.arguments
        path = locate_model(arguments.get("model"), contract.policy.name)
        self._contract = contract
        self._session = _open_session(path, int(arguments.get("threads", 1)))
        problems = _misfits(contract, _tensors(self._session.get_inputs()), _tensors(self._session.get_outputs()))
        if problems:
            raise ModelError(
                f"model {path} does not fit policy profile '{contract.policy.name}': {'; '.join(problems)}. "
                "Use the profile that the model was trained with, or export the model again."
            )
        lengths = {tensor.name: tensor.shape for tensor in _tensors(self._session.get_inputs())}
        self._words = lengths[WORDS][1]
        self._optional = {tensor.name for tensor in optional_inputs(contract)} & set(lengths)
        self._noise = float(arguments.get("noise", 1.0))
        #: What the model says about its making, as text.
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)
        #: Most committed rows that the model can continue.
        self.longest_prefix = int(self.metadata.get("longest_prefix", contract.policy.horizon - 1))

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return one chunk; what the model has no input for changes nothing."""
        begin = time.monotonic()
        policy = self._contract.policy
        inputs: dict[str, NDArray[Any]] = {key: observation.images[key][None] for key in policy.images}
        inputs[STATE] = observation.state.astype(np.float32)[None]
        inputs[WORDS] = hash_words(observation.instruction, *(() if self._words is None else (self._words,)))[None]
        optional = self._taken(context)
        rows = self._session.run([ACTIONS], inputs | {name: optional[name] for name in self._optional})[0][0]
        return answer(self._contract, observation, context, rows, time.monotonic() - begin)

    def _taken(self, context: InferenceContext) -> dict[str, NDArray[Any]]:
        shape = (1, self._contract.policy.horizon, len(self._contract.policy.dimension_names))
        noise = np.random.default_rng(context.seed).standard_normal(shape) * self._noise
        prefix, delay = np.zeros(shape), 0
        if context.prefix is not None:
            delay = min(context.delay, len(context.prefix), self.longest_prefix)
            prefix[0] = filled(context.prefix[:delay], shape[1])
        return {
            PREFIX: prefix.astype(np.float32),
            DELAY: np.array([delay], dtype=np.int64),
            NOISE: noise.astype(np.float32),
        }

    def reset(self) -> None:
        """Forget nothing: every chunk follows from its observation alone."""


def _open_session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin between inferences take processor time from everything else on the robot's computer.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises classes of its own compiled module
        raise ModelError(f"model {path} cannot be read: {error}. Export it again, or fetch the file again.") from error


def _tensors(found: Sequence[Any]) -> list[Tensor]:
    """Return what ONNX Runtime says of inputs or outputs; named (dynamic) lengths become None."""
    return [
        Tensor(
            entry.name,
            entry.type.removeprefix("tensor(").removesuffix(")"),
            tuple(length if isinstance(length, int) else None for length in entry.shape),
        )
        for entry in found
    ]


def _misfits(contract: Contract, inputs: list[Tensor], outputs: list[Tensor]) -> list[str]:
    problems = []
    expected = {tensor.name: tensor for tensor in expected_inputs(contract)}
    present = {tensor.name: tensor for tensor in inputs}
    optional = {tensor.name: tensor for tensor in optional_inputs(contract)}
    if contract.policy.stitching.method == "prefix":
        expected |= {name: optional.pop(name) for name in (PREFIX, DELAY)}
    expected |= {name: optional[name] for name in present.keys() & optional.keys()}
    for name in present.keys() - expected.keys():
        problems.append(f"the model wants an input {present[name]}, which the profile does not give")
    for name, wanted in expected.items():
        problems += _compare(wanted, present.get(name), "input")
    wanted = expected_output(contract)
    problems += _compare(wanted, {tensor.name: tensor for tensor in outputs}.get(wanted.name), "output")
    return sorted(problems)


def _compare(wanted: Tensor, found: Tensor | None, role: str) -> list[str]:
    if found is None:
        return [f"{role} {wanted} is missing in the model"]
    fits = found.kind == wanted.kind and len(found.shape) == len(wanted.shape)
    fits = fits and all(a is None or b is None or a == b for a, b in zip(found.shape, wanted.shape, strict=True))
    return [] if fits else [f"{role} of the model is {found}, the profile needs {wanted}"]
