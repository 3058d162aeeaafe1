"""Starts the kernel, as `python -m ipykernel_launcher` does, but so that it never forgets output.

ZeroMQ drops what a reader has not taken when a thousand messages wait for it. That is right for news, and wrong for the
output of a training, so here they wait without a limit.

With `--strict` as first argument, a shell command that fails raises CalledProcessError: `!command`, `x = !command`, `!!command`,
`%sx`, `%system`, `%pip` and `%conda`. As in any shell the last command of a line and of a pipe counts. What Python code starts,
as with os.system or subprocess.run, is left to that code; `%%bash` and its like raise always.
"""

import subprocess
import sys

# The folder of this file is not the notebook's business.
del sys.path[0]
strict = sys.argv[1] == "--strict"
if strict:
    del sys.argv[1]

from ipykernel.kernelapp import IPKernelApp  # noqa: E402


class PatientKernelApp(IPKernelApp):
    def init_iopub(self, context):  # type: ignore[no-untyped-def]
        # For the sockets made from here on.
        context.sndhwm = 0
        super().init_iopub(context)

    def init_shell(self):  # type: ignore[no-untyped-def]
        super().init_shell()
        if strict:
            make_strict(self.shell)


def make_strict(shell):  # type: ignore[no-untyped-def]
    """Puts functions that raise in place of those that IPython calls when names in the command are filled in."""
    from ipykernel import zmqshell
    from IPython.core import interactiveshell
    from IPython.utils import process
    from IPython.utils._process_common import process_handler

    def check(code, command):  # type: ignore[no-untyped-def]
        __tracebackhide__ = True
        shell.user_ns["_exit_code"] = code
        if code != 0:
            raise subprocess.CalledProcessError(code, command)

    def system(command):  # type: ignore[no-untyped-def]
        __tracebackhide__ = True
        check(process.system(command), command)

    def getoutput(command):  # type: ignore[no-untyped-def]
        __tracebackhide__ = True
        output, code = process_handler(command, lambda p: (p.communicate()[0], p.returncode), subprocess.STDOUT)
        text = output.decode(errors="replace")
        if code != 0:
            # Nobody will see it otherwise.
            sys.stderr.write(text)
        check(code, command)
        return text

    zmqshell.system = system
    interactiveshell.getoutput = getoutput


def give_commands_no_input():  # type: ignore[no-untyped-def]
    """Lets `!command` and `%pip` find the end of their input: Jupyter runs them in a terminal, where nobody types."""
    import os

    from ipykernel import zmqshell
    from IPython.utils import process

    # The ones in which this is how to say it.
    shells = ("sh", "ash", "bash", "dash", "ksh", "zsh")
    if os.name != "posix" or os.path.basename(os.environ.get("SHELL", "sh")) not in shells:
        return
    in_terminal = process.system
    process.system = zmqshell.system = lambda command: in_terminal("exec </dev/null\n" + command)


def end_without_waiting_for_output():  # type: ignore[no-untyped-def]
    """Shortens a race of ipykernel: it may stop the thread that sends output, and then wait for it for 10 s."""
    from ipykernel.iostream import OutStream
    from ipykernel.ipkernel import IPythonKernel

    do_shutdown = IPythonKernel.do_shutdown

    def shut_down(self, restart):  # type: ignore[no-untyped-def]
        # Output is sent all the same; this is how long the one who prints waits to see it gone.
        OutStream.flush_timeout = 0.5
        return do_shutdown(self, restart)

    IPythonKernel.do_shutdown = shut_down


give_commands_no_input()
end_without_waiting_for_output()
PatientKernelApp.launch_instance()
