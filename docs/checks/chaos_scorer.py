"""A scorer over HTTP on which nothing can be relied, for scorer-chaos.sh: most of its answers are none.

usage: chaos_scorer.py PORT SEED. What it does score, it scores at or above 1.
"""
import json
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

moods = random.Random(int(sys.argv[2]))


class Scorer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        rollouts = json.loads(body)["rollouts"]
        scores = [self.score(rollout) for rollout in rollouts]
        mood = moods.choice(["500", "429", "html", "few", "slow", "hang-up"] + 6 * ["well"])
        if mood == "500":
            self.answer(500, "the model is out of memory")
        elif mood == "429":
            self.answer(429, "slow down", {"Retry-After": "1"})
        elif mood == "html":
            self.answer(200, "<html>one moment, please</html>")
        elif mood == "hang-up":
            self.close_connection = True
        else:
            time.sleep(3 if mood == "slow" else 0)
            self.answer(200, json.dumps({"scores": {"served": scores[mood == "few":]}}))

    def score(self, rollout):
        """Of one prompt in 20 it never knows a score, of one in 20 it gives NaN."""
        number = int(rollout["id"].split("#")[0].split("-")[1]) % 20
        return {0: None, 1: float("nan")}.get(number, 1 + len(rollout["response"]))

    def answer(self, status, text, headers={}):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Scorer).serve_forever()
