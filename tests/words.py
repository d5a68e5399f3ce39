"""What people read: every string of the program and every page and letter, for tests of their words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMMENT = re.compile(r"{#.*?#}", re.S)


def texts() -> Iterator[tuple[str, str]]:
    """(where, text): templates without their comments; strings of the program but docstrings."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            yield str(path.relative_to(ROOT)), COMMENT.sub("", path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "fundflow").rglob("*.py")):
        where = path.relative_to(ROOT)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if _is_documented(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield f"{where}:{node.lineno}", node.value


def _is_documented(node: ast.AST) -> bool:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
