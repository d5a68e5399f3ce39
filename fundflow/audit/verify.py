"""Checks this audit pack. It needs nothing but Python 3.8 or newer, and writes nothing:

    python3 -I verify.py [HASH]

HASH is a seal that somebody kept, such as from a letter to the auditors. The exit status is 1 where
something is wrong. What is checked:

- every file against its SHA-256 in MANIFEST, and that no file is missing or was added;
- the links of the bid's chain, each of which holds the one before it;
- every record of a kind that is chained against its newest link, and the words of the history;
- sent versions, papers and files against the SHA-256 that their records hold, or the history where
  the names of removed people were taken out since;
- the seals, each of which holds the one before it, the first of them the chain.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MANIFEST = "MANIFEST"


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def hash_of_file(path: Path) -> str:
    """The SHA-256 of a file, read in parts."""
    hashed = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            hashed.update(part)
    return hashed.hexdigest()


def canonical(value: Any) -> str:
    """The hash of a value in its canonical bytes: JSON in UTF-8, keys sorted, no spaces."""
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def rows_of(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file with a JSON object on each line."""
    with open(HERE / name, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def wrong_files() -> Iterator[str]:
    """Files that are not as MANIFEST says."""
    listed = set()
    for line in (HERE / MANIFEST).read_text(encoding="utf-8").splitlines():
        known, _, name = line.partition("  ")
        listed.add(name)
        if not (HERE / name).is_file():
            yield f"{name} is missing."
        elif hash_of_file(HERE / name) != known:
            yield f"{name} is not the file that was packed."
    for path in sorted(HERE.rglob("*")):
        name = path.relative_to(HERE).as_posix()
        if path.is_file() and name not in listed and name != MANIFEST:
            yield f"{name} was added to the pack."


def wrong_links(about: dict[str, Any], links: list[dict[str, Any]]) -> Iterator[str]:
    """Links that do not hold the one before them."""
    before = ""
    for number, link in enumerate(links, 1):
        row = [link["row_of"], link["row_id"]]
        said = [before, about["chain"], number, link["form"], *row, link["digest"], link["words"]]
        before = link["hash"]
        if link["number"] != number or canonical(said) != link["hash"]:
            yield f"Link {number} of the chain does not fit the one before it."
            return


def wrong_records(columns: dict[str, Any], links: list[dict[str, Any]]) -> Iterator[str]:
    """Records that are not what their newest link says, that no link holds, or that are gone."""
    newest = {(link["row_of"], link["row_id"]): link for link in links if link["newest"]}
    for table, kept in columns.items():
        if not (HERE / f"records/{table}.jsonl").is_file():
            continue
        for row in rows_of(f"records/{table}.jsonl"):
            link = newest.pop((table, row["id"]), None)
            if what := why_not(table, row, link, kept):
                yield f"{table} {row['id']} {what}"
    for (table, number), link in newest.items():
        if link["digest"] and (HERE / f"records/{table}.jsonl").is_file():
            yield f"{table} {number} (link {link['number']}) is gone."


def why_not(table: str, row: dict[str, Any], link: dict[str, Any] | None, kept: dict[str, Any]) -> str:
    """What is wrong with one record, or nothing."""
    if link is None:
        return "" if table in OF_OTHERS else "was not written by the service: no link holds it."
    facts = {name: row[name] for name in kept["facts"]}
    if canonical({"of": table, "id": row["id"], **facts}) != link["digest"]:
        return f"(link {link['number']}) is not what was written."
    words = {name: row[name] for name in kept["words"]}
    if link["words"] and not link["salt"]:
        return f"(link {link['number']}) has lost the salt of its words."
    if link["words"] and canonical({"salt": link["salt"], **words}) != link["words"]:
        return f"(link {link['number']}) has other words than were written."
    return ""


# Chained elsewhere: in the fund's chain or the council's.
OF_OTHERS = ("role_grant", "seat", "membership", "payment_run")


def wrong_words() -> Iterator[str]:
    """Words of the history that are not those its entries hold the hash of."""
    known = {row["id"]: row["words_hash"] for row in rows_of("records/history_entry.jsonl")}
    for row in rows_of("records/history_words.jsonl"):
        said = {name: row[name] for name in ("salt", "label", "actor_name", "reason", "given")}
        if row["actor_role"]:
            said["actor_role"] = row["actor_role"]
        if canonical(said) != known.get(row["entry_id"]):
            yield f"The words of entry {row['entry_id']} of the history are not what was written."


def wrong_copies() -> Iterator[str]:
    """Versions, papers and files whose bytes are not those their records name."""
    known = {
        table: {row["id"]: row["sha256"] for row in rows_of(f"records/{table}.jsonl")}
        for table in {made["table"] for made in rows_of("copies.jsonl")}
    }
    since = {}  # the newest entry about names that were taken out since holds the hashes of all copies
    for row in rows_of("records/history_entry.jsonl"):
        if row["step"] == "take_names_out":
            since = row["facts"]["copies"]
    for made in rows_of("copies.jsonl"):
        frozen = known[made["table"]].get(made["id"])
        its = since.get(made["table"], {}).get(str(made["id"]), frozen)
        if made["name"] and hash_of_file(HERE / made["name"]) != its:
            yield f"{made['name']} is not what was stored."
        elif not made["name"]:
            say(f"Note: {made['what']} could not be packed: its bytes are gone from the store.")


def wrong_seals(about: dict[str, Any], links: list[dict[str, Any]], known: str) -> Iterator[str]:
    """Seals that do not hold the chain or the seal before them, or that lack the hash that was kept."""
    before, hashes = "", []
    for number, name in enumerate(about["seals"]):
        data = (HERE / name).read_bytes()
        lines = data.decode().splitlines()
        if number and lines[0] != before:
            yield f"{name} does not hold the seal before it."
        if not number and not any(holds(line, about["chain"], links) for line in lines[2:]):
            yield f"{name} holds another chain of this bid."
        before = sha256(data)
        hashes.append(before)
    if hashes and before != about["seal"]:
        yield "The newest seal is not the one that was made."
    if known and known not in hashes:
        yield (
            "No seal of this pack has the hash that you gave. It must be of its first seal's day or later."
        )


def holds(line: str, chain: str, links: list[dict[str, Any]]) -> bool:
    """Whether a line of a seal names this chain, as its links have it."""
    name, number, its = line.split(" ")
    return name == chain and 0 < int(number) <= len(links) and links[int(number) - 1]["hash"] == its


def main() -> int:
    known = "".join(sys.argv[1:]).lower()
    wrong = list(wrong_files())
    try:
        about = json.loads((HERE / "chain/about.json").read_text(encoding="utf-8"))
        links = list(rows_of("chain/links.jsonl"))
        wrong += wrong_links(about, links)
        wrong += wrong_records(about["columns"], links)
        wrong += wrong_words()
        wrong += wrong_copies()
        wrong += wrong_seals(about, links, known)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        wrong.append(f"The pack can't be read to its end: {type(error).__name__}: {error}")
    for sentence in wrong:
        say(sentence)
    if wrong:
        say(f"{len(wrong)} thing{'' if len(wrong) == 1 else 's'} wrong.")
        return 1
    say(f"Nothing is wrong with the audit pack of {about['bid']}: {len(links)} links.")
    if about["seals"]:
        say(f"Its chain stands in the seal of {about['seals'][0][6:16]}.")
        say(f"The newest seal is of {about['seals'][-1][6:16]}: {about['seal']}")
        say("Compare it with a seal that was kept elsewhere, such as a letter to the auditors.")
    else:
        say("Its chain was not sealed yet, so this proves only that the pack fits together.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
