"""Runs a notebook through the kernel `lab`, cell by cell, and reports as JSON lines on stdout.

    run_notebook.py NOTEBOOK [--timeout SECONDS] [--output FILE]

NOTEBOOK is an .ipynb or a source in jupytext's percent form (.ts). Events:
{"event": "open", "cells": n}                          code cells to run
{"event": "start", "cell": i}                          i counts code cells from 1
{"event": "cell", "cell": i, "seconds": s}             it ended well
{"event": "measured", "measurement": {...}}            what `measured` (src/lab/measured.ts) sent
{"event": "failed", "kind": "error" | "timeout" | "dead" | "start", "cell": i, "message": ..., "source": ...}
{"event": "done", "ok": bool, "seconds": s}
The exit status is 0 when the notebook ran to its end, 1 when not, 130 when it was stopped from outside.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
MEASURED = "application/vnd.lab.measured+json"


def emit(event, **content):
    print(json.dumps({"event": event, **content}), flush=True)


def read(path):
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    return jupytext.read(path)


def code_cells(notebook):
    """(place in the notebook, cell) of each cell that has code."""
    return [(i, c) for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]


async def run(notebook, timeout, log):
    """Executes in place. Returns True when every cell ended well."""
    cells = code_cells(notebook)
    emit("open", cells=len(cells))
    client = NotebookClient(
        notebook,
        kernel_name="lab",
        timeout=timeout,
        startup_timeout=120,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(ROOT)}},
    )
    number, source = 0, ""
    stopped = asyncio.Event()

    def failed(kind, message, **more):
        emit("failed", kind=kind, cell=number, message=message, source=source, **more)
        return False

    try:
        # Node makes the pipes that it inherits non-blocking, which would break our own writes: it gets none of ours.
        async with client.async_setup_kernel(stdout=DEVNULL, stderr=log):
            stop_on_signals(stopped)
            for number, (place, cell) in enumerate(cells, start=1):
                source = cell.source
                emit("start", cell=number)
                started = time.monotonic()
                try:
                    await client.async_execute_cell(cell, place, execution_count=number)
                finally:
                    report_measured(cell)
                emit("cell", cell=number, seconds=round(time.monotonic() - started, 3))
        return True
    except CellTimeoutError:
        return failed("timeout", f"ran longer than {timeout} s and was stopped")
    except CellExecutionError as error:
        return failed("error", f"{error.ename}: {error.evalue}", traceback=traceback_of(cell))
    except DeadKernelError:
        if stopped.is_set():  # nbclient takes every cancelled cell for a dead kernel
            raise asyncio.CancelledError from None
        return failed("dead", f"the kernel died in this cell{why_dead(log)}")
    except (RuntimeError, OSError) as error:
        return failed("start", f"{error}{why_dead(log)}")


def report_measured(cell):
    for output in cell.get("outputs", []):
        measurement = output.get("data", {}).get(MEASURED)
        if measurement:
            emit("measured", measurement=measurement)


def traceback_of(cell):
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return output.traceback
    return []


def why_dead(log):
    """The kernel's last words, where it left some."""
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    memory = [line for line in lines if "heap" in line and "memory" in line]
    if memory:
        return f" (out of memory: {memory[0]})"
    words = [line for line in lines if "Error" in line][:1] or lines[-1:]
    return f" ({words[0]})" if words else ""


def stop_on_signals(stopped):
    """Ctrl-C ends the run and, on the way out, the kernel."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop():
        stopped.set()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except (NotImplementedError, RuntimeError):  # Windows
            pass


def write(notebook, path):
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    nbformat.write(notebook, part)
    part.replace(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    os.environ["LAB_HEADLESS"] = "1"
    started = time.monotonic()
    notebook = read(options.notebook)
    with tempfile.TemporaryFile() as log:
        try:
            ok = asyncio.run(run(notebook, options.timeout, log))
        except (asyncio.CancelledError, KeyboardInterrupt):
            emit("done", ok=False, seconds=round(time.monotonic() - started, 3))
            return 130
    if options.output:
        write(notebook, options.output)
    emit("done", ok=ok, seconds=round(time.monotonic() - started, 3))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
