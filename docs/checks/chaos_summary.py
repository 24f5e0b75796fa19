"""What topics scores and quarantine hold: the lowest score of an objective, and reasons.

usage: chaos_summary.py SERVERS OBJECTIVE; needs gapo_pb2, see docs/external/scorer.py.
Fails if a score is below 1, which chaos_scorer.py never gives.
"""
import re
import sys
from collections import Counter

from confluent_kafka import Consumer
import gapo_pb2

servers, objective = sys.argv[1:]


def values(topic):
    """All records of a topic, from its beginning."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": f"summary.{topic}",
                         "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe([topic])
    idle = 0
    while idle < 10:
        records = consumer.consume(500, timeout=1)
        idle = 0 if records else idle + 1
        yield from (record.value() for record in records)
    consumer.close()


reasons = Counter()
for value in values("gapo.quarantine"):
    reason = gapo_pb2.QuarantinedMessage.FromString(value).reason
    reasons[re.sub(r"http\S+ |with \d+ values.*", "", reason.split(": ", 1)[1].split(": ")[0])] += 1
print("quarantined, by reason:")
for reason, count in reasons.most_common():
    print(f"{count:7} {reason}")
scores = {}
for value in values("gapo.scores"):
    score = gapo_pb2.ScoreMessage.FromString(value)
    if score.objective == objective:
        scores[score.rollout_id] = score.value
lowest = min(scores.values())
print(f"{len(scores)} rollouts have a score of {objective}, the lowest is {lowest:g}")
sys.exit(lowest < 1)
