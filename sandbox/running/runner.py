"""Runs one algorithm as the platform does: `runner.py MODULE MARKER`, in the root of the algorithm's repository.

Requests come as lines of JSON on standard input, answers go as lines of JSON to descriptor 3, everything that the
algorithm prints goes to standard output (platform reference, section 5.2). Before each answer the line MARKER is
printed, so that the reader knows which output belongs to which call. Descriptor 4 closes when the server is gone.

Works on Python 3.6 and newer without any package, and leaves both the algorithm and its libraries as they are.
"""

import base64
import builtins
import importlib
import inspect
import io
import json
import os
import signal
import sys
import threading
import traceback

# Where the official libraries write their answers, and how they recognise the platform.
PIPE = "/tmp/algoout"
ANSWERS, LIFE = 3, 4
RECEIPT = b"\x06"


class Answer(io.StringIO):
    """What is written to the pipe is sent when it is closed: that is how a named pipe behaves for its reader."""

    def close(self):
        if not self.closed:
            channel.send(self.getvalue())
        super().close()


class BinaryAnswer(io.BytesIO):
    def close(self):
        if not self.closed:
            channel.send(self.getvalue().decode("utf-8", "replace"))
        super().close()


class StandardInput(io.StringIO):
    """Gives the requests to whoever goes through its lines, as the official libraries do, and is empty for `input()`."""

    def __iter__(self):
        return channel.receive()


class Requests(io.RawIOBase):
    """The requests, apart from descriptor 0 so that no child process takes one."""

    def __init__(self, descriptor):
        super().__init__()
        self.descriptor = descriptor
        self.used = False

    def readable(self):
        return True

    def readinto(self, buffer):
        self.used = True
        data = os.read(self.descriptor, len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Channel:
    """The three streams between the server and the algorithm."""

    def __init__(self, marker):
        self.marker = b"\0" + marker.encode("ascii") + b"\0"
        self.answered = False
        # Before the first request a handler may say that it cannot load.
        self.owed = True
        self.output = os.dup(1)
        self.requests = Requests(os.dup(0))
        self.lines = io.TextIOWrapper(io.BufferedReader(self.requests, 1 << 16), encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(1, 2)
        for descriptor in (ANSWERS, LIFE):
            os.set_inheritable(descriptor, False)

    def receive(self):
        """The requests, each with a receipt: one without can be given to another process if this one ends."""
        for line in self.lines:
            self.owed = True
            write_all(ANSWERS, RECEIPT)
            yield line

    def send(self, document):
        # A second answer to the same request would be taken for that to the next one.
        if not self.owed:
            return
        self.owed = False
        self.answered = True
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # whatever the algorithm has put in its place
                pass
        write_all(self.output, self.marker)
        # A line is a document. A line end between the tokens of JSON is as good as a space.
        line = document.strip().replace("\r", " ").replace("\n", " ")
        write_all(ANSWERS, line.encode("utf-8", "replace") + b"\n")


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def redirect_pipe():
    """Gives this process a pipe of its own under the one path that all libraries have built in."""
    real_open, real_exists = builtins.open, os.path.exists

    def is_pipe(path):
        try:
            return isinstance(path, (str, os.PathLike)) and os.fspath(path) == PIPE
        except Exception:
            return False

    def open(file, mode="r", *args, **options):
        if is_pipe(file):
            return BinaryAnswer() if "b" in mode else Answer()
        return real_open(file, mode, *args, **options)

    def exists(path):
        return True if is_pipe(path) else real_exists(path)

    builtins.open = io.open = open
    os.path.exists = exists


def restore_removed_functions():
    """What the last releases of the official libraries call and newer Pythons no longer have (section 5.2)."""
    if sys.version_info >= (3, 10):
        format_exception = traceback.format_exception

        def format_with_etype(*args, **options):
            if "etype" in options:
                args = (options.pop("etype"),) + args
            return format_exception(*args, **options)

        traceback.format_exception = format_with_etype
    if not hasattr(inspect, "getargspec"):

        def getargspec(function):
            return tuple(inspect.getfullargspec(function))[:4]

        inspect.getargspec = getargspec


def end_with_server():
    """An algorithm that loops for ever must not outlive a server that was killed, nor may its children."""

    def wait():
        try:
            os.read(LIFE, 1)
        finally:
            if hasattr(os, "killpg"):
                os.killpg(os.getpgrp(), signal.SIGKILL)
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def serve(apply):
    """Answers calls of an algorithm that is just a function `apply(input)`."""
    print("PIPE_INIT_COMPLETE", flush=True)
    for line in channel.receive():
        channel.send(answer(apply, line))


def answer(apply, line):
    try:
        data = input_of(json.loads(line))
    except Exception as error:
        return failure(error, "ParsingError")
    try:
        return success(apply(data))
    except Exception as error:
        return failure(error, error_type_of(error))


def input_of(request):
    data = request["data"]
    return base64.b64decode(data) if request["content_type"] == "binary" else data


def failure(error, error_type):
    # Without the frame of this file, which says nothing to anybody.
    frames = error.__traceback__.tb_next or error.__traceback__
    return json.dumps(
        {
            "error": {
                "message": str(error) or type(error).__name__,
                "stacktrace": "".join(traceback.format_exception(type(error), error, frames)),
                "error_type": error_type,
            }
        }
    )


def success(result):
    content_type = "json"
    if isinstance(result, (bytes, bytearray)):
        content_type, result = "binary", base64.b64encode(result).decode("ascii")
    elif isinstance(result, str):
        content_type = "text"
    return json.dumps({"result": result, "metadata": {"content_type": content_type}})


def error_type_of(error):
    kind = getattr(error, "error_type", "AlgorithmError")
    return kind if isinstance(kind, str) else None


def main():
    name = sys.argv[1]
    sys.argv = [name]
    # In place of the folder of this file.
    sys.path[0] = os.getcwd()
    end_with_server()
    restore_removed_functions()
    redirect_pipe()
    sys.stdin = StandardInput()
    module = importlib.import_module("src." + name)
    # An ADK algorithm serves during its import and has read its last request by now; the handler of the client answers
    # before any request when it cannot load.
    if channel.requests.used or channel.answered:
        return
    if not callable(getattr(module, "apply", None)):
        sys.exit("src/{}.py has no function apply(input)".format(name))
    serve(module.apply)


if __name__ == "__main__":
    channel = Channel(sys.argv[2])
    main()
