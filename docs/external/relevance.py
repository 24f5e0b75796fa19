"""Scores over HTTP how much of a question comes up in its answer. Python's standard library alone:

    python3 docs/external/relevance.py 8080

and in the settings: { name = relevant, scored-by = reward-scorer, http { url = "http://127.0.0.1:8080/score" } }
"""
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMON = set(
    "about and are can could does for from give have how into its keep make one please should some tell that the "
    "then there this two was what when where which who why will with would write you your".split()
)
LARGEST_REQUEST = 16 << 20


def stems(text):
    """Words of three letters and more, as far as their forms share a beginning."""
    return {word[:5] for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if word not in COMMON}


def relevance(prompt, response):
    """Share of the question's words that come up in the answer; None where it has none."""
    asked = stems(prompt)
    return len(asked & stems(response)) / len(asked) if asked else None


class Scorer(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        if length > LARGEST_REQUEST:
            return self.send_error(413)
        asked = json.loads(self.rfile.read(length))
        scores = [relevance(each["prompt"], each["response"]) for each in asked["rollouts"]]
        answer = json.dumps({"scores": {name: scores for name in asked["objectives"]}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Scorer).serve_forever()
