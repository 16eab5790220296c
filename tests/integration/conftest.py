"""Graphs of real processes: fixtures for whole-graph tests.

``graph`` starts nodes (``graph.start("simulator", lockstep=True, seed=3)``) in a ROS domain of the test's own, and ends
them whatever happens; ``client`` is a node of the test that waits for conditions; ``connect`` makes more of them.
Logs of all nodes are shown where a test fails.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

# Without ROS there is nothing to test here.
if find_spec("rclpy") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    from graph import Graph, own_domain
    from ros_client import Client

    from steadyhand.nodes.transports import tuned_environment

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("integration")


@pytest.fixture(scope="module")
def ros_environment() -> Iterator[dict[str, str]]:
    """The domain and the transports of a module's processes, in force in the test's process as well."""
    with own_domain() as domain, pytest.MonkeyPatch.context() as patch:
        environment = {**tuned_environment(), "ROS_DOMAIN_ID": domain}
        for name, value in environment.items():
            patch.setenv(name, value)
        yield environment


@pytest.fixture(scope="module")
def shared_graph(ros_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    """A graph whose nodes all tests of a module use."""
    graph = Graph(tmp_path_factory.mktemp("graph"), ros_environment)
    yield graph
    graph.stop()


@pytest.fixture
def graph(ros_environment: dict[str, str], tmp_path: Path) -> Iterator[Graph]:
    """A graph of one test."""
    graph = Graph(tmp_path, ros_environment)
    yield graph
    graph.stop()
    print(graph.logs())


@pytest.fixture
def connect(ros_environment: dict[str, str]) -> Iterator[Callable[..., Client]]:
    """Make clients: ``connect(graph, use_sim_time=True)``."""
    clients: list[Client] = []

    def make(graph: Graph, **options: bool) -> Client:
        clients.append(Client(graph.check, name=f"tester_{len(clients)}", **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(graph: Graph, connect: Callable[..., Client]) -> Client:
    """A client that fails as soon as a node of the test's graph ends unexpectedly."""
    return connect(graph)


@pytest.fixture(scope="module")
def lasting_client(shared_graph: Graph) -> Iterator[Client]:
    """One node for all tests of a module: to make the acquaintance of a graph takes seconds on a busy machine."""
    client = Client(shared_graph.check)
    yield client
    client.close()


@pytest.fixture
def shared_client(shared_graph: Graph, lasting_client: Client) -> Iterator[Client]:
    """A client of the graph that a module shares, without the subscriptions of the tests before."""
    yield lasting_client
    lasting_client.forget()
    print(shared_graph.logs())
