"""A beginner's chat client that reads from the network only after Enter.

Its socket does not block, and one `recv` has to bring what it asks for: when a frame comes in two
parts, the client falls out of step.

Usage: python polling_client.py HOST PORT NAME
"""

import socket
import sys

HEADER_BYTES = 10


def frame(text: str) -> bytes:
    """Return a text behind its header."""
    body = text.encode()
    return f"{len(body):<{HEADER_BYTES}}".encode() + body


def receive(sock: socket.socket) -> str:
    """Return the text of the next frame, if all of it is here."""
    header = sock.recv(HEADER_BYTES)
    if not header:
        print("Connection closed by the server", flush=True)
        sys.exit()
    return sock.recv(int(header.decode().strip())).decode()


def main() -> None:
    """Chat until stdin or the connection ends."""
    name = sys.argv[3]
    sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    sock.setblocking(False)
    sock.send(frame(name))
    while True:
        try:
            line = input(f"{name} > ")
        except EOFError:
            sys.exit()
        if line:
            sock.send(frame(line))
        try:
            while True:
                sender = receive(sock)
                print(f"{sender} > {receive(sock)}", flush=True)
        except BlockingIOError:
            continue
        except (OSError, ValueError) as error:
            print(f"Reading error: {error}", flush=True)
            sys.exit(1)


if __name__ == "__main__":
    main()
