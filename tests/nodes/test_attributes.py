"""No node hides an attribute of rclpy's own: one that did would take services and timers from the executor."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy")

from rclpy.lifecycle import LifecycleNode

NODES = Path(__file__).parents[2] / "src" / "steadyhand" / "nodes"
BASES = {"Node", "LifecycleNode", "ManagedNode"}


def assigned(kind: ast.ClassDef) -> set[str]:
    """Names that a class assigns to itself, but for those it assigns by the name of a method of rclpy's."""
    return {
        node.attr
        for node in ast.walk(kind)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def node_classes() -> list[tuple[str, ast.ClassDef]]:
    return [
        (f"{path.stem}.{kind.name}", kind)
        for path in sorted(NODES.rglob("*.py"))
        for kind in ast.walk(ast.parse(path.read_text()))
        if isinstance(kind, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in BASES for base in kind.bases)
    ]


def test_a_node_hides_nothing_of_rclpys(context: Any) -> None:
    node = LifecycleNode("managed", context=context)
    own = {*vars(node), *dir(LifecycleNode)}
    node.destroy_node()
    hidden = {name: sorted(assigned(kind) & own) for name, kind in node_classes()}
    assert {name: names for name, names in hidden.items() if names} == {}
    assert len(hidden) >= 5
