# shellcheck shell=bash
# What the checks beside this file share. They source it in the checkout's root, after they have set
#   data     a directory of their own
#   servers  where their broker listens, as 127.0.0.1:PORT
# Every process in pids is ended with the check.
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || :; wait || :' EXIT

wait_for() { # FILE PATTERN PID: until a line of the file matches; the process must live
  until grep -qsE "$2" "$1"; do
    kill -0 "$3" || { cat "$1"; exit 1; }
    sleep 0.2
  done
}

start_broker() { # [NAME]: in the background, its data and log under that name
  local name=${1:-broker}
  ./gapo broker --data "$data/kafka-$name" --port "${servers##*:}" >"$data/$name.log" 2>&1 &
  pids+=("$!")
  wait_for "$data/$name.log" "^Kafka at" "$!"
}

toy_prompts() { # NUMBER: prompts of the toy world, as JSON lines
  local things=(kite lamp boat clock drum globe)
  for i in $(seq 1 "$1"); do
    echo "{\"id\": \"fed-$i\", \"prompt\": \"how do i repair my red ${things[i % 6]} today?\"}"
  done
}

stop_run() { # PID: as an operator stops it
  kill "$1"
  wait "$1" || (($? == 143)) || echo "the run did not stop in good order"
}

outside_python() { # makes $python, with a Kafka client and the messages of gapo.proto
  python3 -m venv "$data/venv"
  python="$data/venv/bin/python"
  "$python" -m pip install --quiet --disable-pip-version-check confluent-kafka grpcio-tools
  "$python" -m grpc_tools.protoc -I streams/src/main/proto --python_out="$data/venv" gapo.proto
  export PYTHONPATH="$data/venv"
}
