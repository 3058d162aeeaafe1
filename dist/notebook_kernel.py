"""The kernel, which is always the one that this run has prepared."""

from __future__ import annotations

import time
from pathlib import Path
from queue import Empty
from typing import Any, Optional

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Bool, Unicode


# In seconds.
LOOK_AGAIN = 0.5


class OneKernel(KernelSpecManager):
    """Knows one kernel. No folder is searched, so whatever kernels the machine has installed have no effect."""

    python = Unicode()
    strict = Bool()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        start = str(Path(__file__).with_name("kernel_start.py"))
        argv = [self.python, start, *(["--strict"] if self.strict else []), "-f", "{connection_file}"]
        argv.append("--HistoryManager.hist_file=:memory:")
        return KernelSpec(argv=argv, display_name="Python", language="python")


def make_kernel_manager(python: str, strict: bool) -> AsyncKernelManager:
    context = zmq.asyncio.Context()
    # Sockets made from here on queue without a limit: the default drops output when a cell prints faster than it is read.
    context.rcvhwm = 0
    spec = OneKernel(python=python, strict=strict)
    return AsyncKernelManager(context=context, kernel_name="training", kernel_spec_manager=spec)


async def connect(manager: AsyncKernelManager, limit: float) -> Any:
    """Returns a client once the kernel answers and its output arrives.

    The client's own `wait_for_ready` also waits until the kernel is silent, which costs a fifth of a second; nothing is
    printed before the first cell, and a message that belongs to no cell is not looked at.
    """
    client = manager.client()
    client.start_channels()
    client.allow_stdin = False
    look_again(client.shell_channel)
    deadline = time.monotonic() + limit
    while True:
        client.kernel_info()
        try:
            reply = await client.get_shell_msg(timeout=min(1.0, limit))
            await client.get_iopub_msg(timeout=0.2)
        except Empty:
            pass
        else:
            client._handle_kernel_info_reply(reply)
            return client
        if not await manager.is_alive():
            raise RuntimeError("the kernel ended before it answered")
        if time.monotonic() > deadline:
            raise RuntimeError("the kernel does not answer")


def look_again(channel: Any) -> None:
    """Makes a channel find what has arrived unnoticed: sending on it, as output widgets do, may swallow the sign of it."""
    get_msg = channel.get_msg

    async def get(timeout: Optional[float] = None) -> Any:
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                return await get_msg(timeout=max(0.0, min(LOOK_AGAIN, left)))
            except Empty:
                if left <= LOOK_AGAIN:
                    raise

    channel.get_msg = get
