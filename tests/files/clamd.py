"""A clamd of twenty lines: it reads a stream as clamd does and answers what it is told to."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def clamd(answer: bytes = b"stream: OK", virus: bytes = b"EICAR") -> Iterator[str]:
    """Its address; it finds a virus where the stream holds this mark."""

    class Scan(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.readline() == b"nINSTREAM\n"
            data = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                data += self.rfile.read(size)
            self.wfile.write((b"stream: Eicar-Test FOUND" if virus in data else answer) + b"\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scan) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
