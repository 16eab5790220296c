"""The embedded flow policy computed by PyTorch, which can differentiate it: for sampling that is guided."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.observation import Observation
from steadyhand.policies.answer import answer
from steadyhand.policies.exceptions import ModelError, TorchExtraError
from steadyhand.policies.extra import torch_installed
from steadyhand.policies.guidance import guidance_weights, guided_sample
from steadyhand.policies.model_file import locate_model
from steadyhand.policies.policy import InferenceContext, filled
from steadyhand.policies.words import hash_words
from steadyhand.profiles.contract import Contract

if TYPE_CHECKING:
    from torch import Tensor

    from steadyhand.policies.attention import Memory
    from steadyhand.policies.deployed_flow import DeployedFlow

Array = NDArray[np.float64]


class TorchFlowPolicy:
    """The flow network whose weights lie in the ONNX file that ``steadyhand train --flow`` writes.

    With ``stitching.method: guided`` sampling is guided by the rows of the chunk that is being executed; with
    ``prefix`` it continues the committed ones as the ONNX backend does. Only plain tensors are read from the file:
    nothing in it can run.

    Args:
        contract: The resolved deployment. Arguments of the backend: ``model``, ``threads`` and ``noise``, as those of
            the backend ``onnx``.

    Raises:
        TorchExtraError: PyTorch or ONNX is not installed.
        ModelError: The file cannot be read, holds another network, or does not fit the policy profile.
    """

    def __init__(self, contract: Contract) -> None:
        if not torch_installed():
            raise TorchExtraError("backend 'torch'")
        import torch

        arguments, stitching = contract.policy.arguments, contract.policy.stitching
        path = locate_model(arguments.get("model"), contract.policy.name)
        self._contract = contract
        self._model = load_flow(path)
        self._check(path)
        self._noise = float(arguments.get("noise", 1.0))
        self._method = stitching.method
        self._largest = stitching.guidance
        torch.set_num_threads(int(arguments.get("threads", 1)))

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return one chunk."""
        import torch

        begin = time.monotonic()
        policy, model = self._contract.policy, self._model
        images = np.stack([observation.images[key] for key in model.network.architecture.cameras])
        state = torch.from_numpy(observation.state.astype(np.float32))
        words = torch.from_numpy(hash_words(observation.instruction))
        shape = (1, policy.horizon, len(policy.dimension_names))
        noise = np.random.default_rng(context.seed).standard_normal(shape) * self._noise
        with torch.no_grad():
            memories = model.observe(torch.from_numpy(images)[None], state[None], words[None])
            rows = model.physical(self._sample(memories, torch.from_numpy(noise).float(), context))[0]
        return answer(self._contract, observation, context, rows.numpy(), time.monotonic() - begin)

    def reset(self) -> None:
        """Forget nothing: every chunk follows from its observation and its prefix alone."""

    def _sample(self, memories: list[Memory], noise: Tensor, context: InferenceContext) -> Tensor:
        """Return normalised rows, shape (1, H, D)."""
        import torch

        from steadyhand.policies.flow_network import LONGEST_PREFIX, STEPS

        network = self._model.network
        none = torch.zeros(1, dtype=torch.int64)
        if context.prefix is None:
            return network.sample(memories, noise, torch.zeros_like(noise), none)
        rows = filled(context.prefix, noise.shape[1]).astype(np.float32)
        previous = self._model.normalised(torch.from_numpy(rows))
        delay = min(context.delay, len(context.prefix))
        if self._method == "prefix":
            return network.sample(memories, noise, previous[None], none + min(delay, LONGEST_PREFIX))

        def velocity(noisy: Tensor, tau: float) -> Tensor:
            return network.velocity(memories, noisy[None], torch.full((1,), tau), none)[0]

        weights = torch.from_numpy(overlap_weights(len(rows), len(context.prefix), delay)).float()
        return guided_sample(velocity, noise[0], previous, weights, steps=STEPS, largest=self._largest)[None]

    def _check(self, path: Path) -> None:
        policy, sizes = self._contract.policy, self._model.network.architecture
        wanted = (sizes.cameras, sizes.state, sizes.horizon, sizes.dimensions)
        found = (tuple(policy.images), policy.state_size, policy.horizon, len(policy.dimension_names))
        if found != wanted:
            raise ModelError(
                f"model {path} does not fit policy profile '{policy.name}': images, state, horizon and columns are "
                f"{wanted} in the model, {found} in the profile. Use the profile that the model was trained with."
            )


def overlap_weights(horizon: int, overlap: int, delay: int) -> Array:
    """Return how strongly rows are held to those of a chunk before that still has ``overlap`` of them, shape (H,).

    These are the weights of `guidance_weights` with the execution horizon H - overlap, kept within what that allows.
    """
    delay = min(delay, horizon // 2)
    return guidance_weights(horizon, delay, min(max(horizon - overlap, delay), horizon - delay))


def load_flow(path: Path) -> DeployedFlow:
    """Return the network whose weights are the tensors of an ONNX file.

    Raises:
        ModelError: The file cannot be read, or holds another network.
    """
    import onnx
    import torch

    from steadyhand.policies.deployed_flow import SCALES, DeployedFlow
    from steadyhand.policies.flow_network import FlowNetwork
    from steadyhand.policies.perception import Architecture

    try:
        model = onnx.load(str(path))
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        sizes = json.loads(metadata["architecture"])
        tensors = {
            tensor.name: torch.from_numpy(np.array(onnx.numpy_helper.to_array(tensor)))
            for tensor in model.graph.initializer
        }
        network = FlowNetwork(Architecture(**{**sizes, "cameras": tuple(sizes["cameras"])}))
        deployed = DeployedFlow(network, {name: tensors[name] for name in SCALES})
        # Buffers that are not scales follow from the architecture.
        deployed.load_state_dict({name: tensors[name] for name, _ in deployed.named_parameters()}, strict=False)
    except Exception as error:  # onnx and torch raise many kinds for a file that is something else
        raise ModelError(
            f"model {path} holds no flow network: {type(error).__name__}: {error}. Write one with `steadyhand train "
            "--flow`; other models run with backend: onnx."
        ) from error
    deployed.eval().requires_grad_(False)
    return deployed
