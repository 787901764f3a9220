"""Runs a notebook from beginning to end, and writes it with what it has shown.

    python run.py demo.ipynb result.ipynb
"""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def main(source, result):
    notebook = nbformat.read(source, as_version=4)
    try:
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    except CellExecutionError as error:
        return f"{source}: {error}"
    finally:
        nbformat.write(notebook, result)
    return None


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
