"""An OpenAI-compatible server that answers nothing, and counts how often it was asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_NO = b'{"error": {"message": "no model answers here", "type": "invalid_request_error"}}'


class RefusingModel:
    """The server; as a context manager it runs until the block ends.

    Attributes:
        asked: How many requests it had.
    """

    def __init__(self) -> None:
        self.asked = 0
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                model.asked += 1
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.send_response(400)  # which no client tries again
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(_NO)))
                self.end_headers()
                self.wfile.write(_NO)

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Its address as a setting."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "RefusingModel":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
