"""A beginner's chatroom server, with the faults that such servers have.

One `recv` per header and per body, in blocking sockets behind `select`: who sends half a frame
stops the room. Names may repeat. Invalid UTF-8 ends the program, because it prints what it relays.

Usage: python tutorial_server.py HOST PORT
"""

import select
import socket
import sys

HEADER_BYTES = 10
Frame = tuple[bytes, bytes]


def receive(sock: socket.socket) -> Frame | None:
    """Return the header and the body of the next frame; None if the connection is of no use."""
    try:
        header = sock.recv(HEADER_BYTES)
        return (header, sock.recv(int(header.decode().strip()))) if header else None
    except (OSError, ValueError):
        return None


def main() -> None:
    """Relay for ever."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((sys.argv[1], int(sys.argv[2])))
    listening.listen()
    print(f"Listening on port {listening.getsockname()[1]}", flush=True)
    names: dict[socket.socket, Frame] = {}
    while True:
        readable, _, _ = select.select([listening, *names], [], [])
        for sock in readable:
            if sock is listening:
                client, _ = listening.accept()
                if (name := receive(client)) is not None:
                    names[client] = name
                    print(f"New: {name[1].decode()}", flush=True)
                continue
            message = receive(sock)
            name = names[sock]
            if message is None:
                print(f"Gone: {name[1].decode()}", flush=True)
                del names[sock]
                sock.close()
                continue
            print(f"{name[1].decode()}: {message[1].decode()}", flush=True)
            for other in names:
                if other is not sock:
                    other.send(b"".join((*name, *message)))


if __name__ == "__main__":
    main()
