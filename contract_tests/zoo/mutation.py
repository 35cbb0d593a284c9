"""Small faults put into source code, one at a time: comparisons, constants, conditions, dropped statements, …

The result is always a tree that compiles. What an error says to people, types and docstrings are left alone: no mutant
of these could be seen by anybody who speaks HTTP.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Mutation", "mutated", "mutations"]

Change = tuple[str, Callable[[ast.AST], None]]

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.RShift: ast.LShift,
}
_DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Delete)
LONGEST = 100


@dataclass(frozen=True)
class Mutation:
    """One fault: in which function, what stood there and what stands there now; `number` tells twins apart."""

    module: str
    where: str
    before: str
    after: str
    node: int
    change: int
    number: int = 1

    @property
    def name(self) -> str:
        """Its address, which outlives changes of the lines around it."""
        twin = f" #{self.number}" if self.number > 1 else ""
        return f"{self.module}:{self.where}: {self.before} -> {self.after}{twin}"


def mutations(module: str, source: str) -> tuple[Mutation, ...]:
    """Every fault that can be put into `source`, the text of `module`."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found = []
    for number, node, where, changes in _sites(ast.parse(source)):
        for change in range(len(changes)):
            before, after = _texts(node, change)
            seen[where, before, after] += 1
            found.append(Mutation(module, where, before, after, number, change, seen[where, before, after]))
    return tuple(found)


def mutated(mutation: Mutation, source: str) -> ast.Module:
    """The tree of `source` with that fault in it."""
    tree = ast.parse(source)
    _changed(tree, mutation.node, mutation.change)
    return ast.fix_missing_locations(tree)


def _changed(tree: ast.Module, number: int, change: int) -> ast.AST:
    node = list(ast.walk(tree))[number]
    _changes(node)[change][1](node)
    return node


def _texts(original: ast.AST, change: int) -> tuple[str, str]:
    node = copy.deepcopy(original)
    what, apply = _changes(node)[change]
    before = what or ast.unparse(node)
    apply(node)
    if isinstance(node, ast.If) and before.startswith("if "):
        return _short(before), _short(f"if {ast.unparse(node.test)}")
    return _short(before), "(dropped)" if what else _short(ast.unparse(node))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"


def _sites(tree: ast.Module) -> Iterator[tuple[int, ast.AST, str, list[Change]]]:
    places = _places(tree)
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in places and (changes := _changes(node)):
            yield number, node, places[id(node)], changes


def _places(tree: ast.Module) -> dict[int, str]:
    """Where each node is that may be changed: the names of the functions and classes around it."""
    places: dict[int, str] = {}

    def visit(node: ast.AST, where: str) -> None:
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        inside = f"{where}.{node.name}".lstrip(".") if named else where  # type: ignore[attr-defined]  # both have one
        places[id(node)] = inside or "<module>"
        for name, value in ast.iter_fields(node):
            if not _is_for_readers(node, name):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                        visit(child, inside)

    visit(tree, "")
    return places


def _is_for_readers(node: ast.AST, field: str) -> bool:
    """Types, decorators, the texts of errors, and what is for type checkers only."""
    if isinstance(node, ast.Raise | ast.Assert) or _is_for_types(node):
        return True
    return field in (
        "annotation",
        "returns",
        "decorator_list",
        "bases",
        "keywords" if isinstance(node, ast.ClassDef) else "",
    )


def _changes(node: ast.AST) -> list[Change]:
    return [change for make in _MAKERS for change in make(node)]


def _compare(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        other = _COMPARISONS[type(node.ops[0])]()
        yield "", lambda it: setattr(it, "ops", [other])


def _constant(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield "", lambda it: setattr(it, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield "", lambda it: setattr(it, "value", int(str(node.value)) + 1)


def _junction(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "", lambda it: setattr(it, "op", other)


def _arithmetic(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC:
        other = _ARITHMETIC[type(node.op)]()
        yield "", lambda it: setattr(it, "op", other)


def _condition(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.If | ast.IfExp) or isinstance(node.test, ast.Compare) or _is_for_types(node):
        return
    what = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ""
    yield what, lambda it: setattr(it, "test", ast.UnaryOp(ast.Not(), node.test))


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _return(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Return) and not (node.value is None or isinstance(node.value, ast.Constant)):
        yield "", lambda it: setattr(it, "value", ast.Constant(None))


def _arguments(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call) or len(node.args) != 2 or any(isinstance(a, ast.Starred) for a in node.args):
        return
    if ast.dump(node.args[0]) != ast.dump(node.args[1]):
        yield "", lambda it: setattr(it, "args", node.args[::-1])


def _dropped(node: ast.AST) -> Iterator[Change]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        for index, statement in enumerate(body if isinstance(body, list) else []):
            if _is_droppable(statement):
                yield ast.unparse(statement), _dropping(name, index)


def _is_droppable(statement: ast.AST) -> bool:
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        return not all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return isinstance(statement, _DROPPED)


def _dropping(name: str, index: int) -> Callable[[ast.AST], None]:
    def drop(node: ast.AST) -> None:
        getattr(node, name)[index] = ast.Pass()

    return drop


_MAKERS: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (
    _compare,
    _constant,
    _junction,
    _arithmetic,
    _condition,
    _return,
    _arguments,
    _dropped,
)
