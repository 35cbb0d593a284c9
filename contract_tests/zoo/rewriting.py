"""A second copy of a package in this process, some of its modules changed: the first one is as it was afterwards."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import CodeType, ModuleType

__all__ = ["private_copy", "source_of"]


@contextmanager
def private_copy(package: str, changed: Mapping[str, ast.Module]) -> Iterator[None]:
    """Within, imports of `package` and what is below give new modules, those in `changed` made from these trees.

    What is imported within goes on living afterwards, for whoever holds it; what it looks up by the name of a module
    it then finds in the first copy.
    """
    kept = _taken_out(package)
    finder = _Finder(changed)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _taken_out(package)
        sys.modules.update(kept)


def source_of(module: str) -> str:
    """The source of a module, which is not imported for it; its packages are. Raises `LookupError`."""
    package, _, _ = module.rpartition(".")
    path = sys.modules[package].__path__ if package in sys.modules else __import__(package).__path__
    spec = PathFinder.find_spec(module, path)
    if spec is None or not isinstance(spec.loader, InspectLoader):
        raise LookupError(f"there is no module {module}")
    return spec.loader.get_source(module) or ""


def _taken_out(package: str) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == package or name.startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}


class _Finder(MetaPathFinder):
    def __init__(self, changed: Mapping[str, ast.Module]) -> None:
        self._changed = changed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._changed:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Loader(self._changed[fullname], spec.origin or fullname)
        return spec


class _Loader(InspectLoader):
    def __init__(self, tree: ast.Module, path: str) -> None:
        self._tree = tree
        self._path = path

    def get_source(self, fullname: str) -> str:
        del fullname
        return ast.unparse(self._tree)

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return compile(self._tree, self._path, "exec")
