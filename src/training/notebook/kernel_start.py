"""Starts the kernel, as `python -m ipykernel_launcher` does, but so that it never forgets output.

ZeroMQ drops what a reader has not taken when a thousand messages wait for it. That is right for news, and wrong for the
output of a training, so here they wait without a limit.
"""

import sys

# The folder of this file is not the notebook's business.
del sys.path[0]

from ipykernel.kernelapp import IPKernelApp  # noqa: E402


class PatientKernelApp(IPKernelApp):
    def init_iopub(self, context):  # type: ignore[no-untyped-def]
        # For the sockets made from here on.
        context.sndhwm = 0
        super().init_iopub(context)


PatientKernelApp.launch_instance()
