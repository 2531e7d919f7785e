"""A beginner's chat client with a thread that waits for frames and prints their bytes as they are.

Usage: python threaded_client.py HOST PORT NAME
"""

import os
import socket
import sys
from threading import Thread

HEADER_BYTES = 10


def frame(text: str) -> bytes:
    """Return a text behind its header."""
    body = text.encode()
    return str(len(body)).encode().ljust(HEADER_BYTES) + body


def listen(sock: socket.socket) -> None:
    """Print pairs of frames until the connection ends."""
    while header := sock.recv(HEADER_BYTES):
        sender = sock.recv(int(header))
        text = sock.recv(int(sock.recv(HEADER_BYTES)))
        os.write(1, sender + b" > " + text + b"\n")
    os.write(1, b"The server has gone\n")
    os._exit(0)


def main() -> None:
    """Chat until stdin or the connection ends."""
    sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    sock.sendall(frame(sys.argv[3]))
    Thread(target=listen, args=(sock,), daemon=True).start()
    for line in sys.stdin:
        sock.sendall(frame(line.rstrip("\n")))


if __name__ == "__main__":
    main()
