"""Prints the table of staleness.sh: python3 staleness_table.py DIRECTORY STEPS

A row is a staleness limit with a ratio correction; a column a measure's change from the SFT policy to
the trained one, as mean and standard error over seeds. One seed has no error.
"""

import json
import math
import sys
from collections import defaultdict
from pathlib import Path


def cell(values):
    mean = sum(values) / len(values)
    if len(values) == 1:
        return f"{mean:+.2f}"
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return f"{mean:+.2f} ± {math.sqrt(variance / len(values)):.2f}"


def plain(values):
    return f"{sum(values) / len(values):.3g}"


def main():
    directory, steps = Path(sys.argv[1]), int(sys.argv[2])
    runs, names = defaultdict(list), []
    for file in sorted(directory.glob(f"steps-{steps},*.json")):
        _, limit, rest = file.stem.split(",", 2)
        correction, _ = rest.rsplit(",seed-", 1)
        run = json.loads(file.read_text())
        runs[int(limit.removeprefix("staleness-")), correction].append(run)
        for measure in run["evaluation"]["measures"]:
            if measure["name"] not in names:
                names.append(measure["name"])
    print("| staleness at most, mean | correction | seeds | " + " | ".join(names)
          + " | mismatch KL | effective sample size | masked |")
    print("|---" * (len(names) + 6) + "|")
    for (limit, correction), same in sorted(runs.items()):
        trained = [step for run in same for step in run["steps"][:steps]]
        changes = {name: [] for name in names}
        for run in same:
            for measure in run["evaluation"]["measures"]:
                changes[measure["name"]].append(measure["change"]["mean"])
        cells = [f"{limit}, {plain([step['staleness_mean'] for step in trained])}", correction,
                 str(len(same))]
        cells += [cell(changes[name]) for name in names]
        cells += [plain([step[field] for step in trained])
                  for field in ("mismatch_kl", "effective_sample_size", "masked_share")]
        print("| " + " | ".join(cells) + " |")


main()
