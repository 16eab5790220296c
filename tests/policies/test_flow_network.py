import pytest

torch = pytest.importorskip("torch", reason="the extra 'train' is not installed")

from steadyhand.learning.network import PickNetwork  # noqa: E402
from steadyhand.policies.flow_network import LONGEST_PREFIX, FlowNetwork  # noqa: E402


@pytest.fixture
def network() -> FlowNetwork:
    torch.manual_seed(0)
    made = FlowNetwork().eval().requires_grad_(False)
    # As built, the noisy rows say nothing.
    made.enter[2].weight.normal_(std=0.1)
    return made


def observed(network: FlowNetwork, count: int = 3) -> list[tuple[torch.Tensor, torch.Tensor]]:
    images, words = torch.rand(count, 2, 3, 96, 96), torch.randint(1, 100, (count, 1, 16))
    return network.memories(network.context(network.look(images, words), torch.rand(count, 6)))


def test_committed_rows_come_out_as_they_went_in(network: FlowNetwork) -> None:
    prefix, delay = torch.randn(3, 16, 5), torch.tensor([0, 3, LONGEST_PREFIX])
    rows = network.sample(observed(network), torch.randn(3, 16, 5), prefix, delay)
    for sample, given, count in zip(rows, prefix, delay, strict=True):
        assert torch.allclose(sample[:count], given[:count], atol=1e-5)
        assert (sample[count:] - given[count:]).abs().min() > 1e-5


def test_what_follows_the_committed_rows_depends_on_them_alone(network: FlowNetwork) -> None:
    """What the prefix is filled up with must not matter."""
    memories, noise, delay = observed(network), torch.randn(3, 16, 5), torch.tensor([0, 3, 8])
    prefix = torch.randn(3, 16, 5)
    committed = torch.arange(16)[None, :, None] < delay[:, None, None]
    rows = network.sample(memories, noise, prefix, delay)
    assert torch.allclose(rows, network.sample(memories, noise, torch.where(committed, prefix, 7.0), delay), atol=1e-5)
    other = network.sample(memories, noise, prefix + 0.5, delay)
    assert torch.allclose(rows[0], other[0], atol=1e-5)
    assert (rows[1:] - other[1:])[:, 8:].abs().max() > 1e-3


def test_the_velocity_leads_to_the_rows_without_noise(network: FlowNetwork) -> None:
    memories, noise = observed(network, 1), torch.randn(1, 16, 5)
    time, none = torch.tensor([0.4]), torch.zeros(1, dtype=torch.int64)
    clean = network.denoised(memories, noise, time, none)
    velocity = network.velocity(memories, noise, time, none)
    assert torch.allclose(noise + (1 - 0.4) * velocity, clean, atol=1e-5)


def test_an_observations_tokens_know_nothing_of_the_rows(network: FlowNetwork) -> None:
    """They are computed once for all steps: one step at a time gives the same as all in a batch."""
    memories = observed(network, 1)
    noise, none = torch.randn(1, 16, 5), torch.zeros(1, dtype=torch.int64)
    rows = noise
    for step in range(5):
        rows = rows + network.velocity(memories, rows, torch.tensor([step / 5]), none) / 5
    assert torch.allclose(rows, network.sample(memories, noise, torch.zeros_like(noise), none), atol=1e-5)


def test_it_begins_as_the_regression_it_takes_over() -> None:
    torch.manual_seed(1)
    regression, flow = PickNetwork(), FlowNetwork()
    flow.begin_from(regression.state_dict())
    for name, value in flow.state_dict().items():
        if name.split(".")[0] in ("blocks", "head", "trunks", "groundings"):
            assert torch.equal(value, regression.state_dict()[name])
    memories = observed(flow, 1)
    none = torch.zeros(1, dtype=torch.int64)
    one, other = (flow.denoised(memories, torch.randn(1, 16, 5), torch.tensor([0.2]), none) for _ in range(2))
    assert torch.equal(one, other), "before training the noisy rows say nothing"
