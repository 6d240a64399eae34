"""The files of the project, as the house tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PACKAGES = ("rules", "monitor", "dashboard", "migrations")


def python_files(*rooms: str) -> list[Path]:
    """The Python files under these folders of the checkout, by default all of the product."""
    return sorted(path for room in rooms or PACKAGES for path in (TOP / room).rglob("*.py"))


def name(path: Path) -> str:
    """Its path inside the checkout."""
    return path.relative_to(TOP).as_posix()


def parsed(path: Path) -> ast.Module:
    """Its syntax tree."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and value of every text in the code that is not a docstring."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, owners)]
    first = (body[0] for body in bodies if body)
    docs = {id(s.value) for s in first if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def module_file(module: str, top: Path = TOP) -> Path:
    """The file of a module or package, ``monitor.text`` or ``monitor.verbs``."""
    path = top.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
