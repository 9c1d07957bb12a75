#!/usr/bin/env python3
"""Computes the public figures again from published/, with nothing of Aiqyn's.

    python3 figures.py PUBLISHED VERIFIER.KEY [--places | --roads]

It checks that the log's key signed the tree whose leaves lie in PUBLISHED/log,
and the index, whose hash is an event of that log; that every file the indexes
list is there, unaltered; that every field a release opens fits its leaf in the
tree; that no group or count is of fewer than ten cases, no case is told twice,
and no release goes back to a form of before. That the cases are of ten people
who do not act for each other, an audit of the log counts. Then it adds up. What it prints is what /en/figures.csv says, with
--places what /en/figures/road.csv says, with --roads what /en/figures/light.csv says. Beside it must lie check.py, which reads receipts. Formats: docs/releases.md.
"""
import base64
import csv
import datetime
import glob
import hashlib
import json
import os
import sys

from check import FIELDS, check, sha256, signed

MINIMUM = 10
FORMS = [f"aiqyn.release/{n}" for n in (1, 2, 3, 4)]
OPENABLE = {"service", "pack", "body", "region", "day", "kind", "reason"}


class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def tree(folder, key):
    """The leaf hashes of the log, whose root the log's key signed."""
    origin, size, root = signed(read(folder, "checkpoint").decode(), key).split("\n")[:3]
    size, leaves = int(size), []
    for n in range((size + 255) // 256):
        width, digits = min(256, size - n * 256), f"{n:03d}"
        while len(digits) % 3:
            digits = "0" + digits
        parts = [digits[i:i + 3] for i in range(0, len(digits), 3)]
        name = "/".join(["x" + p for p in parts[:-1]] + parts[-1:]) + (f".p/{width}" if width < 256 else "")
        data = read(folder, "tile", "0", *name.split("/"))
        leaves += [data[i:i + 32] for i in range(0, width * 32, 32)]
    need(len(leaves) == size and top(leaves) == base64.b64decode(root), "the tiles do not make the tree that was signed")
    return origin, leaves


def top(nodes):
    """The root of RFC 6962: pair by pair, the odd one goes up as it is."""
    while len(nodes) > 1:
        pairs = [sha256(b"\1", nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes = pairs + nodes[len(nodes) & ~1:]
    return nodes[0]


def releases(folder, key, origin):
    """The releases that the newest index and all before it list, oldest first."""
    announced = set()
    for name in glob.glob(os.path.join(folder, "receipts", "*.json")):
        receipt = json.loads(read(name))
        if receipt["event"]["kind"] in ("indexed", "released") and check(receipt, key) is None:
            announced.add(receipt["private"]["data"]["hash"])
    note, found = read(folder, "index"), []
    newest = hashlib.sha256(note).hexdigest()
    while note:
        digest = hashlib.sha256(note).hexdigest()
        need(digest in announced, "the log did not announce index " + digest)
        kind, log, previous, _, *files = note.decode().partition("\n\n")[0].split("\n")
        need(kind == "aiqyn.published/1", "the index is of another kind")
        if log == origin:  # one from before a restore has another key; the log vouches for it by its hash
            signed(note.decode(), key)
        need(log == origin or digest != newest, "the newest index is of another log")
        for line in files:
            path, length, digest = line.split(" ")
            data = read(folder, *path.split("/"))
            need(len(data) == int(length) and hashlib.sha256(data).hexdigest() == digest, path + " was altered")
            if path.startswith("releases/"):
                need(digest in announced, "the log did not announce " + path)
                found.append(json.loads(data))
        previous = previous.removeprefix("previous ")
        note = None if previous == "none" else read(folder, "indexes", previous + ".txt")
    return sorted(found, key=lambda r: r["from"])


def leaf(one, tag, values):
    """The leaf hash that opened fields and closed commitments make."""
    opened = {"case": tag, **values}
    need(set(values) <= OPENABLE, "a release opens more than it may")
    salts, closed = iter(one["salts"]), iter(one["closed"])
    parts = b""
    for i, name in enumerate(FIELDS):
        if name in opened:
            parts += sha256(b"aiqynF/1", bytes([i]), base64.b64decode(next(salts), validate=True), opened[name].encode())
        else:
            parts += base64.b64decode(next(closed), validate=True)
    return sha256(b"\0", sha256(b"aiqynE/1", parts))


def apart(parts, spans):
    """Whoever is within a span of the parts is within those up to its end."""
    for end in (s["to"] for s in spans if s["to"] >= 0):
        between = sum(s["cases"] for s in spans if 0 <= s["to"] <= end) - sum(s["cases"] for p in parts for s in p["days"] if 0 <= s["to"] <= end)
        need(between == 0 or between >= MINIMUM, "roads held against days single somebody out")


def whole_roads(parts, cases, legs, ended):
    """Adds up the whole roads that ended with the cases of one group or count,
    whose own days, if they are told by spans, are legs."""
    whole = [p for p in parts if "by" not in p]
    for by in {p.get("by", "") for p in parts}:
        told = [p for p in parts if p.get("by", "") == by]
        need(whole and sum(p["cases"] for p in told) == cases, "the roads are not those of the cases")
        apart(told, legs)
        if by:
            need(len(whole) == 1, "roads of several services are told too closely")
            apart(told, whole[0]["days"])
    for p in parts:
        need(p["cases"] >= MINIMUM and all(s["cases"] >= MINIMUM for s in p["days"]), "a part of roads is too small")
        need(p["cases"] == sum(s["cases"] for s in p["days"]), "a part of roads does not add up")
        service, month, region, district = (p.get(k, "") for k in ("service", "month", "region", "district"))
        if p.get("by") and not month and not district:
            continue  # those of which it is not told
        spans, sums = ended.setdefault((service, month, region, district), ([], {}))
        spans.extend((s["cases"], s["from"], s["to"]) for s in p["days"])
        for name, days in [("working", p["working"]), *p["waits"].items()]:
            sums[name] = sums.get(name, 0) + days


def print_roads(out, ended, running):
    """The lines of /en/figures/light.csv. What is under way is longer than it is old."""
    waits = ["applicant", "body", "others", "state"]
    out.writerow(["service", "month", "region", "district", "roads", "median_days", "p90_days", "mean_days", "mean_working_days",
                  *("mean_for_" + w for w in waits), "running", "median_with_running"])
    for key, (spans, sums) in sorted(ended.items()):
        n = sum(s[0] for s in spans)
        total = sum(sums[w] for w in waits)
        means = [f"{d * 10 // n // 10}.{d * 10 // n % 10}" for d in [total, sums["working"], *(sums[w] for w in waits)]]
        row = [*key, n, quantile(spans, 50), quantile(spans, 90), *means, "", ""]
        if not key[1] and not key[3]:
            still = [(d["cases"], d["from"], -1) for r in running if r["service"] == key[0] for d in r["days"]]
            row[-2:] = [sum(s[0] for s in still), quantile(spans + still, 50)]
        out.writerow(row)


def figures(list_, leaves):
    """Cases by service, outcome and reason: how many, how many of them proven,
    and how long they took; and the whole roads that ended with them."""
    cases, proven, spans, seen, told, after, places = {}, {}, {}, set(), {}, "", {}
    ended, running, form = {}, [], 0
    for r in list_:
        need(r["from"] > after, "days were released twice")
        need(r["format"] in FORMS and FORMS.index(r["format"]) >= form, "a release goes back to a form of before, or is of none")
        form = FORMS.index(r["format"])
        after = r["to"]
        running = r.get("running", running)
        need(all(s["cases"] % MINIMUM == 0 for u in running for s in u["days"]), "what is under way is told too closely")
        for g in r["groups"]:
            need(len(g["cases"]) >= MINIMUM, "a group is too small")
            d, f = g["decided"], g["filed"]
            need(r["from"] <= d["day"] <= r["to"], "a group is of another day")
            for c in g["cases"]:
                need(c["filed"]["index"] > r.get("cut", -1), "a case from before a restore is told")
                for side, values in ("decided", d), ("filed", f):
                    index = c[side]["index"]
                    need(index not in seen, "a leaf is opened twice")
                    seen.add(index)
                    need(leaf(c[side], c["case"], values) == leaves[index], f"entry {index} does not say what the release opens")
            label, n = (d["service"], d["kind"], d["reason"]), len(g["cases"])
            whole_roads(g.get("roads", []), n, [], ended)
            days = (datetime.date.fromisoformat(d["day"]) - datetime.date.fromisoformat(f["day"])).days
            cases[label], proven[label] = cases.get(label, 0) + n, proven.get(label, 0) + n
            spans.setdefault(label[0], []).append((n, days, days))
            if d["kind"] == "granted":
                for place in {(d["service"], "", ""), (d["service"], d.get("body", ""), d.get("region", "") if d.get("body") else "")}:
                    places.setdefault(place, []).append((n, days, days))
        for c in r["counts"]:
            label = c["service"], c["outcome"], c["reason"]
            need(c["from"] > told.get(label, ""), "cases were counted twice")
            told[label] = c["to"]
            need(c["cases"] == sum(s["cases"] for s in c["days"]), "a count does not add up")
            need(all(s["cases"] >= MINIMUM for s in c["days"]), "a count is too small")
            whole_roads(c.get("roads", []), c["cases"], c["days"], ended)
            cases[label] = cases.get(label, 0) + c["cases"]
            spans.setdefault(label[0], []).extend((s["cases"], s["from"], s["to"]) for s in c["days"])
            if c["outcome"] == "granted":
                places.setdefault((c["service"], "", ""), []).extend((s["cases"], s["from"], s["to"]) for s in c["days"])
        need(r["closed"] == r["size"] - len(seen), "the closed leaves are counted wrongly")
    return cases, proven, spans, places, ended, running


def quantile(spans, percent):
    """The days that so many per cent certainly did not exceed; of a span only
    its end is certain. ">7" is longer than seven, "" is not known."""
    required, have = (sum(n for n, _, _ in spans) * percent + 99) // 100, 0
    for n, _, to in sorted((s for s in spans if s[2] >= 0), key=lambda s: s[2]):
        have += n
        if have >= required:
            return str(to)
    have = 0
    for n, start, _ in sorted(spans, key=lambda s: s[1]):  # so many may have begun to be longer
        have += n
        if have >= required:
            return f">{start - 1}" if start > 0 else ""
    return ""


def main(folder, keyfile, by=""):
    key = read(keyfile).decode()
    origin, leaves = tree(os.path.join(folder, "log"), key)
    list_ = releases(folder, key, origin)
    cases, proven, spans, places, ended, running = figures(list_, leaves)
    out = csv.writer(sys.stdout, lineterminator="\n")
    if by == "--roads":
        print_roads(out, ended, running)
        return
    if by:
        out.writerow(["service", "body", "region", "cases", "median_days", "p90_days"])
        for place, s in sorted(places.items()):
            out.writerow([*place, sum(n for n, _, _ in s), quantile(s, 50), quantile(s, 90)])
        return
    out.writerow(["service", "outcome", "reason", "cases", "proven", "median_days", "p90_days"])
    for label in sorted(cases, key=lambda x: (x[0], -cases[x], x[1], x[2])):
        s = spans[label[0]]
        out.writerow([*label, cases[label], proven.get(label, 0), quantile(s, 50), quantile(s, 90)])
    if list_:
        last = list_[-1]
        print(f"{list_[0]['from']} to {last['to']}: {last['closed']} of {last['size']} leaves stay closed", file=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 3 and sys.argv[3:] not in (["--places"], ["--roads"]):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (Wrong, ValueError, KeyError, IndexError, StopIteration, OSError) as err:
        print("DOES NOT HOLD:", err)
        sys.exit(1)
