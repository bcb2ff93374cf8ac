"""Makes notebooks from their sources, in two steps; running them between the steps is run_notebook.py's work.

    build_notebook.py convert SOURCE.ts OLD.ipynb NEW.ipynb
        writes NEW from SOURCE. Where OLD has the same cells, NEW keeps OLD's outputs. Says on stdout, as JSON:
        {"same": the cells of OLD are those of SOURCE, "executed": and all of them have been run}
    build_notebook.py finish EXECUTED.ipynb FINAL.ipynb
        takes out what only this machine or this moment knows, writes FINAL at once or not at all, and signs it.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat.sign import NotebookNotary

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Transformer Lab (TypeScript)", "language": "typescript", "name": "lab"}
KEPT_CELL_METADATA = {"tags", "jupyter", "slideshow", "editable", "deletable"}


def convert(source, old_path, new_path):
    notebook = jupytext.read(source)
    seen = {}
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in KEPT_CELL_METADATA}
        cell.id = stable_id(cell, seen)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "typescript", "file_extension": ".ts"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5

    old = nbformat.read(old_path, as_version=4) if old_path.exists() else None
    same = old is not None and [key(c) for c in old.cells] == [key(c) for c in notebook.cells]
    executed = same and all(
        c.get("execution_count") for c in old.cells if c.cell_type == "code" and c.source.strip()
    )
    if same:
        for cell, before in zip(notebook.cells, old.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = before.outputs, before.execution_count
    write(notebook, new_path)
    print(json.dumps({"same": same, "executed": bool(executed)}))


def key(cell):
    return cell.cell_type, cell.source, cell.get("id")


def stable_id(cell, seen):
    """From the cell's own text, so that a rebuilt notebook differs only where its source does."""
    text = f"{cell.cell_type}\n{cell.source}"
    seen[text] = seen.get(text, 0) + 1
    return hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:12]


def finish(executed, final):
    notebook = nbformat.read(executed, as_version=4)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": notebook.metadata["language_info"]}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("execution", None)
            for name, value in output.items():
                if name not in ("output_type", "metadata"):
                    output[name] = without_paths(value)
    write(notebook, final)
    NotebookNotary().sign(notebook)


def without_paths(value):
    """The project's folder becomes the working folder's own name: "."."""
    if isinstance(value, str):
        return value.replace(f"{ROOT}{os.sep}", "").replace(str(ROOT), ".")
    if isinstance(value, list):
        return [without_paths(v) for v in value]
    if isinstance(value, dict):
        return {k: without_paths(v) for k, v in value.items()}
    return value


def write(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    nbformat.write(nbformat.from_dict(notebook), part)
    part.replace(path)


def main():
    command, *paths = sys.argv[1:]
    {"convert": convert, "finish": finish}[command](*map(Path, paths))


if __name__ == "__main__":
    main()
