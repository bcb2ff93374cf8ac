"""Drives one real kernel `lab` for the tests: commands come as JSON lines on stdin, answers go as JSON lines to stdout.

{"do": "run", "code": ..., "timeout": s, "interrupt_after": s, "stop_on_error": bool}   -> {reply, outputs, seconds}
{"do": "run_all", "codes": [...]}   all cells are sent at once, as JupyterLab's "Run All" does -> [{reply, outputs}]
{"do": "ask", "type": "complete_request", "content": {...}}   -> the reply's content
{"do": "interrupt"} and {"do": "alive"}
"""

import json
import sys
import threading
import time
from queue import Empty
from subprocess import DEVNULL

from jupyter_client.manager import start_new_kernel


def collect(kc, msg_ids, timeout, begun=lambda: None):
    """Outputs and replies of the given requests, until each of them is idle and has its reply; `begun` is called once
    one of them runs."""
    outputs = {i: [] for i in msg_ids}
    replies, idle = {}, set()
    deadline = time.monotonic() + timeout
    while len(idle) < len(msg_ids) or len(replies) < len(msg_ids):
        if time.monotonic() > deadline:
            return outputs, replies, True
        try:
            message = kc.get_iopub_msg(timeout=0.05)
            parent = message["parent_header"].get("msg_id")
            if parent in outputs:
                if message["msg_type"] == "status":
                    state = message["content"]["execution_state"]
                    if state == "busy":
                        begun()
                    elif state == "idle":
                        idle.add(parent)
                else:
                    outputs[parent].append({"type": message["msg_type"], **message["content"]})
        except Empty:
            pass
        try:
            while True:
                message = kc.get_shell_msg(timeout=0)
                replies[message["parent_header"].get("msg_id")] = message["content"]
        except Empty:
            pass
    return outputs, replies, False


def run(km, kc, command):
    started = time.monotonic()
    msg_id = kc.execute(command["code"], stop_on_error=command.get("stop_on_error", True))

    # Counted from the start of the cell: on a busy machine the button could be pressed before the kernel has the cell.
    def interrupt_later():
        if "interrupt_after" in command:
            threading.Timer(command["interrupt_after"], km.interrupt_kernel).start()

    outputs, replies, late = collect(kc, [msg_id], command.get("timeout", 30), interrupt_later)
    return {
        "reply": replies.get(msg_id),
        "outputs": outputs[msg_id],
        "timed_out": late,
        "seconds": time.monotonic() - started,
    }


def run_all(kc, command):
    ids = [kc.execute(code) for code in command["codes"]]
    outputs, replies, _ = collect(kc, ids, 30)
    return [{"reply": replies.get(i), "outputs": outputs[i]} for i in ids]


def ask(kc, command):
    message = kc.session.msg(command["type"], command["content"])
    kc.shell_channel.send(message)
    while True:
        reply = kc.get_shell_msg(timeout=20)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            return {"type": reply["msg_type"], **reply["content"]}


def main():
    # Node makes the pipes that it inherits non-blocking, which would break our own writes: it gets none of ours.
    km, kc = start_new_kernel(kernel_name="lab", startup_timeout=60, stdout=DEVNULL, stderr=DEVNULL)
    try:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            command = json.loads(line)
            kind = command["do"]
            if kind == "run":
                answer = run(km, kc, command)
            elif kind == "run_all":
                answer = run_all(kc, command)
            elif kind == "ask":
                answer = ask(kc, command)
            elif kind == "alive":
                answer = {"alive": km.is_alive(), "pid": km.provisioner.pid}
            else:
                answer = {"error": f"unknown command {kind}"}
            print(json.dumps(answer), flush=True)
    finally:
        kc.stop_channels()
        km.shutdown_kernel(now=True)


main()
