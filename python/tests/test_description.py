"""What editors are told is what there is."""

import ast
import pathlib

import pynq_vcm
import pytest
from pynq_vcm import _vcm

STUB = pathlib.Path(pynq_vcm.__file__).with_name("_vcm.pyi")
CLASSES = [node for node in ast.parse(STUB.read_text()).body if isinstance(node, ast.ClassDef)]


def members(node):
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            yield item.name
        elif isinstance(item, ast.AnnAssign):
            yield item.target.id


@pytest.mark.parametrize("node", CLASSES, ids=lambda node: node.name)
def test_a_class_has_what_its_description_says_and_no_more(node):
    there = getattr(_vcm, node.name)
    described = {name for name in members(node) if not name.startswith("_")}
    if issubclass(there, OSError):
        return  # what it knows is of the instance
    assert described == {name for name in dir(there) if not name.startswith("_")}


@pytest.mark.parametrize("node", CLASSES, ids=lambda node: node.name)
def test_everything_says_what_it_is(node):
    there = getattr(_vcm, node.name)
    assert there.__doc__
    for name in members(node):
        if not name.startswith("_") and not issubclass(there, OSError):
            assert getattr(there, name).__doc__, f"{node.name}.{name}"


def test_the_example_of_the_readme_runs(capsys):
    text = pathlib.Path(__file__).parents[1].joinpath("README.md").read_text()
    exec(compile(text.split("```python\n")[1].split("```")[0], "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "SLVERR" in shown and "writing is not allowed" in shown


def test_the_example_of_the_package_runs():
    lines = [line[4:] for line in pynq_vcm.__doc__.splitlines() if line.startswith("    ")]
    exec("\n".join(lines), {})
