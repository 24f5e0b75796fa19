"""Reads what `gapo prompt show` prints."""


def shown_ids(output: str) -> list[list[int]]:
    """The token ids of each prompt: the lines of numbers alone."""
    lines = (line.split() for line in output.splitlines())
    return [[int(word) for word in line] for line in lines if line and all(word.isdigit() for word in line)]
