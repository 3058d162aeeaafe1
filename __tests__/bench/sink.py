"""A server that takes uploads and throws the bytes away, using as little CPU as a server can.

Prints its port. Serves one thread per connection; an address that starts with /rate/N reads N bytes per second, one that
starts with /delay/N thinks N milliseconds before each answer.
"""

import re
import socket
import sys
import threading
import time

CHUNK = 4 * 1024 * 1024
# On Linux the kernel drops the bytes without copying them here.
DISCARD = socket.MSG_TRUNC if sys.platform == "linux" else 0
sizes = {}


def serve(connection):
    pending = b""
    buffer = bytearray(CHUNK)
    while True:
        while b"\r\n\r\n" not in pending:
            received = connection.recv(65536)
            if not received:
                return
            pending += received
        head, pending = pending.split(b"\r\n\r\n", 1)
        text = head.decode("latin1")
        method, path = text.split(" ")[:2]
        key = path.split("?")[0]
        delay = re.match(r"/delay/(\d+)/", path)
        time.sleep(int(delay[1]) / 1000 if delay else 0)
        if method == "PUT":
            size = int(re.search(r"(?i)content-length: *(\d+)", text)[1])
            rate = re.match(r"/rate/(\d+)/", path)
            if re.search(r"(?i)expect: *100-continue", text):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            discard(connection, buffer, size - len(pending), int(rate[1]) if rate else None)
            pending = b""
            sizes[key] = size
            answer(connection, b'{"result":"data://%s"}' % key.split("/v1/data/")[-1].encode())
        elif key in sizes and method == "GET":
            # The client reads the size and leaves.
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Data-Type: file\r\nContent-Length: %d\r\n\r\n" % sizes[key])
            return connection.close()
        else:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def discard(connection, buffer, left, rate):
    started, done = time.monotonic(), 0
    while left > 0:
        count = connection.recv_into(buffer, min(left, CHUNK if rate is None else 256 * 1024), DISCARD)
        if count == 0:
            return
        left -= count
        done += count
        if rate is not None:
            ahead = done / rate - (time.monotonic() - started)
            if ahead > 0:
                time.sleep(ahead)


def answer(connection, body):
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )


listener = socket.create_server(("127.0.0.1", 0), backlog=128)
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(connection,), daemon=True).start()
