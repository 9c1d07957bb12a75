#!/usr/bin/env python3
"""Checks a receipt of Aiqyn with nothing of Aiqyn's: one page of Python.

    python3 check.py RECEIPT.json VERIFIER.KEY

It says whether every field of the receipt is what the log committed to, whether
that commitment is in the log, and whether the log's key signed that log. It
does not weigh witnesses; `aiqyn verify --policy` does. Formats: RFC 6962,
RFC 8032, c2sp.org/tlog-proof, c2sp.org/tlog-checkpoint, docs/verify.md.
"""
import base64
import hashlib
import json
import sys

FIELDS = ("v service pack body region district day time case seq kind step "
          "outcome reason officer prev private").split()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf(receipt):
    """The leaf hash: salted fields, then one commitment, then RFC 6962's leaf."""
    commitments = b""
    for i, name in enumerate(FIELDS):
        salt = base64.b64decode(receipt["salts"][i], validate=True)
        value = receipt["event"][name].encode()
        commitments += sha256(b"aiqynF/1", bytes([i]), salt, value)
    return sha256(b"\0", sha256(b"aiqynE/1", commitments))


def root(index, size, node, path):
    """The root that a path leads to (RFC 9162, 2.1.3.2)."""
    fn, sn = index, size - 1
    for other in path:
        if sn == 0:
            raise ValueError("the path is too long")
        if fn & 1 or fn == sn:
            node = sha256(b"\1", other, node)
            while fn & 1 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\1", node, other)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise ValueError("the path is too short")
    return node


def ed25519(public, signature, message):
    """Whether a signature holds: RFC 8032 in plain integers, slow and short."""
    p, l = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    d, i = -121665 * pow(121666, -1, p) % p, pow(2, (p - 1) // 4, p)

    def point(data):
        y = int.from_bytes(data, "little")
        sign, y = y >> 255, y & (1 << 255) - 1
        xx = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(xx, (p + 3) // 8, p)
        if (x * x - xx) % p:
            x = x * i % p
        if (x * x - xx) % p or y >= p or (x == 0 and sign):
            raise ValueError("not a point")
        return (p - x if x & 1 != sign else x), y

    def add(a, b):
        t = d * a[0] * b[0] * a[1] * b[1] % p
        return ((a[0] * b[1] + b[0] * a[1]) * pow(1 + t, -1, p) % p,
                (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, -1, p) % p)

    def times(n, a):
        total = (0, 1)
        while n:
            if n & 1:
                total = add(total, a)
            a, n = add(a, a), n >> 1
        return total

    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    base = point((4 * pow(5, -1, p) % p).to_bytes(32, "little"))
    return s < l and times(s, base) == add(point(signature[:32]), times(k % l, point(public)))


def signed(note, key):
    """The text of a note (c2sp.org/signed-note), if the log's key signed it."""
    text, _, signatures = note.partition("\n\n")
    name, keyhash, public = key.strip().split("+", 2)
    public = base64.b64decode(public)[1:]
    for line in signatures.splitlines():
        _, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if signer == name and signature[:4].hex() == keyhash and ed25519(public, signature[4:], (text + "\n").encode()):
            return text + "\n"
    raise ValueError("the log's key did not sign this")


def check(receipt, key):
    private = receipt.get("private")
    if private is not None:  # canonical JSON: as it stands in the file
        text = json.dumps(private, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if sha256(text.encode()).hex() != receipt["event"]["private"]:
            return "the private part is not what was recorded"
    head, _, note = receipt["proof"].partition("\n\n")
    kind, index, *path = head.split("\n")
    origin, size, top = note.split("\n")[:3]
    path = [base64.b64decode(h, validate=True) for h in path]
    if kind != "c2sp.org/tlog-proof@v1":
        return "this is not a proof that I know"
    if root(int(index.removeprefix("index ")), int(size), leaf(receipt), path) != base64.b64decode(top):
        return "the log does not hold this: something was changed"
    signed(note, key)
    return None if origin == key.split("+")[0] else "the key is of another log"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        problem = check(json.load(open(sys.argv[1], encoding="utf-8")), open(sys.argv[2], encoding="utf-8").read())
    except (ValueError, KeyError, IndexError) as err:
        problem = f"this is not a receipt: {err}"
    if problem:
        print("DOES NOT HOLD:", problem)
        sys.exit(1)
    print("holds: these fields were recorded, and the log signed that it holds them")
