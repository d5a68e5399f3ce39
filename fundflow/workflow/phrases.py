"""Parts of sentences."""


def joined(names: list[str]) -> str:
    """`['a', 'b', 'c']` as “a, b and c”."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
