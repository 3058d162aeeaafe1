"""Starts the kernel, as `python -m ipykernel_launcher` does, with what a run without a person needs:

- It never forgets output. ZeroMQ drops what a reader has not taken when a thousand messages wait for it. That is right for
  news, and wrong for the output of a training, so here they wait without a limit.
- It ends at once when asked, as any Python process does. Jupyter's own first ends its children, which locks up the pools of
  multiprocessing, and waits for those that leave later by design. Who started the kernel ends what is left of its group.
- Commands find the end of their input. Jupyter's own run in a terminal, where nobody types.
- A cell always ends. What leaves Jupyter itself unable to answer, such as a `sys.stdout` of the cell's own that has no `flush`,
  fails the cell; nobody waits for ever.
- `exit()` and `quit()` fail their cell. Jupyter's own let the rest of it run, and some of the next ones.

With `--strict` as first argument, a shell command that fails raises CalledProcessError: `!command`, `x = !command`, `!!command`,
`%sx`, `%system`, `%pip` and `%conda`. As in any shell the last command of a line and of a pipe counts. What Python code starts,
as with os.system or subprocess.run, is left to that code; `%%bash` and its like raise always.
"""

import os
import subprocess
import sys
import traceback
import warnings

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
        end_at_once(self.kernel)
        answer_always(self.kernel)
        make_exit_fail(self.shell)
        give_commands_no_input()
        if strict:
            make_strict(self.shell)
        hide_this_file(self.shell)


def end_at_once(kernel):  # type: ignore[no-untyped-def]
    """Keeps a kernel that is asked to end from waiting for what will not come."""
    # On Windows nobody finds the children of a process that is gone.
    if sys.platform != "win32":
        kernel._process_children = lambda: []
    shut_down = kernel.do_shutdown

    def do_shutdown(restart):  # type: ignore[no-untyped-def]
        # Another flush comes after this, which waits ten seconds when the thread that sends has ended meanwhile.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.flush = lambda: None
        return shut_down(restart)

    kernel.do_shutdown = do_shutdown


def answer_always(kernel):  # type: ignore[no-untyped-def]
    """Answers with the error of a request in which Jupyter's own code failed."""
    streams = sys.stdout, sys.stderr
    execute = kernel.shell_handlers["execute_request"]

    async def execute_request(stream, ident, parent):  # type: ignore[no-untyped-def]
        try:
            await execute(stream, ident, parent)
        except Exception as error:
            # They are flushed once more before the kernel says that it is idle.
            sys.stdout, sys.stderr = streams
            lines = traceback.format_exception(type(error), error, error.__traceback__)
            content = {"ename": type(error).__name__, "evalue": str(error), "traceback": "".join(lines).splitlines()}
            kernel.send_response(kernel.iopub_socket, "error", content)
            reply = {**content, "status": "error", "execution_count": kernel.execution_count}
            kernel.session.send(stream, "execute_reply", reply, parent, ident=ident)

    kernel.shell_handlers["execute_request"] = execute_request


def make_exit_fail(shell):  # type: ignore[no-untyped-def]
    """Makes `exit()` and `quit()` raise SystemExit, as in a script."""
    from IPython.core.autocall import ZMQExitAutocall

    class Exit(ZMQExitAutocall):
        def __call__(self, *code):  # type: ignore[no-untyped-def]
            raise SystemExit(*code)

    shell.exiter = Exit(shell)
    shell.user_ns["exit"] = shell.user_ns["quit"] = shell.exiter
    # IPython's advice to use what was used.
    warnings.filterwarnings("ignore", message="To exit: use")


def make_strict(shell):  # type: ignore[no-untyped-def]
    """Puts functions that raise in place of those that IPython calls when names in the command are filled in."""
    from ipykernel import zmqshell
    from IPython.core import interactiveshell
    from IPython.utils import process
    from IPython.utils._process_common import process_handler

    def system(command):  # type: ignore[no-untyped-def]
        code = process.system(command)
        if code != 0:
            # The caller would do it with what is returned.
            shell.user_ns["_exit_code"] = code
            raise subprocess.CalledProcessError(code, command)
        return code

    def getoutput(command):  # type: ignore[no-untyped-def]
        output, code = process_handler(command, lambda p: (p.communicate()[0], p.returncode), subprocess.STDOUT)
        text = output.decode(errors="replace")
        if code != 0:
            # Nobody will see it otherwise.
            sys.stderr.write(text)
            raise subprocess.CalledProcessError(code, command)
        return text

    zmqshell.system = system
    interactiveshell.getoutput = getoutput


def give_commands_no_input():  # type: ignore[no-untyped-def]
    """Those of `!command` and `%pip`."""
    from ipykernel import zmqshell
    from IPython.utils import process

    # The ones in which this is how to say it.
    shells = ("sh", "ash", "bash", "dash", "ksh", "zsh")
    if os.name != "posix" or os.path.basename(os.environ.get("SHELL", "sh")) not in shells:
        return
    in_terminal = process.system
    process.system = zmqshell.system = lambda command: in_terminal("exec </dev/null\n" + command)


def hide_this_file(shell):  # type: ignore[no-untyped-def]
    """Lets a traceback end in the notebook where it would end in a function above; that of an exit is shown, too."""
    show = shell.showtraceback

    def showtraceback(*args, **more):  # type: ignore[no-untyped-def]
        error = sys.exc_info()[1]
        if isinstance(error, SystemExit):
            more["exception_only"] = False
        seen = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            cut_traceback(error.__traceback__)
            error = error.__cause__ or error.__context__
        show(*args, **more)

    shell.showtraceback = showtraceback


def cut_traceback(part):  # type: ignore[no-untyped-def]
    def is_ours(part):  # type: ignore[no-untyped-def]
        return part.tb_frame.f_code.co_filename == __file__

    def is_jupyters(part):  # type: ignore[no-untyped-def]
        module = part.tb_frame.f_globals.get("__name__", "")
        name = part.tb_frame.f_code.co_filename
        return module.split(".")[0] in ("IPython", "ipykernel") or name.startswith("<decorator-gen")

    parts = []
    while part is not None:
        parts.append(part)
        part = part.tb_next
    if not parts or not is_ours(parts[-1]):
        return
    while len(parts) > 1 and (is_ours(parts[-1]) or is_jupyters(parts[-1])):
        parts.pop()
    parts[-1].tb_next = None


PatientKernelApp.launch_instance()
