"""Scores an objective outside the service: reads topic rollouts, writes topic scores.
From the checkout's root, with any Python from 3.9 on:
  python3 -m venv venv && venv/bin/pip install confluent-kafka grpcio-tools
  venv/bin/python -m grpc_tools.protoc -I streams/src/main/proto --python_out=venv gapo.proto
  PYTHONPATH=venv venv/bin/python docs/external/scorer.py 127.0.0.1:9092 brief
and in the settings: { name = brief, external {} }. Start as many as there are partitions.
"""
import sys

from confluent_kafka import Consumer, KafkaException, Producer
import gapo_pb2

PREFIX = "gapo."  # gapo.kafka.topic-prefix


def score(rollout):
    """Higher is better; raise ValueError with the reason where there is no score."""
    words = rollout.response.split()
    if not words:
        raise ValueError("the response is empty")
    return 1 - len(words) / 40


def record(rollout, objective):
    scored = gapo_pb2.ScoreMessage(
        rollout_id=f"{rollout.prompt_id}#{rollout.sample_index}",
        rollout_digest=rollout.digest,
        objective=objective,
    )
    try:
        scored.value = score(rollout)
    except ValueError as reason:
        scored.no_score = str(reason)
    return scored.SerializeToString()


def delivered(error, message):
    if error: raise KafkaException(error)


def main(servers, objective):
    # A process that dies leaves its rollouts to the next one: offsets follow the scores.
    consumer = Consumer({"bootstrap.servers": servers, "group.id": f"{PREFIX}outside.{objective}",
                         "auto.offset.reset": "earliest", "enable.auto.commit": False})
    # A rollout and its scores share a key and a partition; murmur2 is how Java chooses it.
    producer = Producer({"bootstrap.servers": servers, "partitioner": "murmur2", "message.timeout.ms": 0})
    consumer.subscribe([f"{PREFIX}rollouts"])
    while True:
        rollouts = consumer.consume(64, timeout=0.1)
        for message in rollouts:
            delivered(message.error(), message)
            rollout = gapo_pb2.RolloutMessage.FromString(message.value())
            producer.produce(f"{PREFIX}scores", record(rollout, objective), message.key(), on_delivery=delivered)
        if rollouts:
            producer.flush()
            consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
