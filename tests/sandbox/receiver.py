"""A webhook endpoint that keeps what it got and answers what it is told to."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

SECRET = "whsec_sandboxtests"


class Receiver:
    """Listens on a free port. ``answers`` are the statuses still to give; then always 200."""

    def __init__(self):
        self.received = []
        self.answers = []
        self.delay = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(outer.delay)
                outer.received.append((self.path, dict(self.headers), body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def clear(self):
        self.received.clear()
        self.answers.clear()
        self.delay = 0.0

    def wait_for(self, count, seconds=10.0):
        """The deliveries, once there are ``count``; fails when they do not come."""
        until = time.monotonic() + seconds
        while len(self.received) < count:
            assert time.monotonic() < until, f"only {len(self.received)} of {count} came"
            time.sleep(0.02)
        return list(self.received)

    def events(self):
        """The received events, verified by Stripe's own library."""
        client = stripe.StripeClient("sk_test_sandbox")
        return [
            client.construct_event(body, headers["Stripe-Signature"], SECRET)
            for _, headers, body in list(self.received)
        ]
