#!/usr/bin/env python3
"""Makes the session files in this directory, from Sources/Recording/FORMAT.md and with the standard library only.

    python3 make.py [DIRECTORY]

It is run by hand when a file is added; the files are kept, so that what a later version reads is what an earlier one
wrote. README.md says what each of them is.
"""

import os
import struct
import sys

MAGIC = bytes.fromhex("89545245450d0a1a")
STARTED = 1_772_366_400_123_456_789


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def header(major=1, minor=1, name="fixture", more=0):
    """The file's header; `more` bytes of a newer version stand before its checksum."""
    id_, name = b"0123456789abcdef", name.encode()
    length = (32 + len(id_) + len(name) + 4 + 63 & ~63) + more
    data = MAGIC + struct.pack("<HHIqiHH", major, minor, length, STARTED, 4242, len(id_), len(name)) + id_ + name
    data += b"\0" * (length - 4 - more - len(data)) + b"\xEE" * more
    return data + struct.pack("<I", crc32c(data))


def chunk(records, seq, t, kind=1, sealed=True, capacity=None, more=0, index=0):
    """A chunk; `more` bytes of a newer version stand behind its header."""
    used = 64 + more + len(records)
    capacity = capacity or used + 7 & ~7

    def head(flags, crc):
        fields = struct.pack("<4sBBHQQQqI", b"CHNK", kind, flags, 64 + more, capacity, used, seq, t, crc)
        return fields + bytes(4) + struct.pack("<QQ", index, 0)

    body = b"\xEE" * more + records
    crc = crc32c(head(1, 0) + body) if sealed else 0
    return (head(1 if sealed else 0, crc) + body).ljust(capacity, b"\0")


def end(seq, t, index=0):
    return chunk(b"", seq, t, kind=6, index=index)


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def plain(text):
    """A string that is not put into the table."""
    data = text.encode() if isinstance(text, str) else text
    return varint(2) + varint(len(data)) + data


def known(text):
    """A string that gets the next index of the table."""
    return b"\1" + plain(text)[1:]


def numbered(text, number):
    """A string that gets the next index of the table, and a number behind it."""
    return b"\3" + plain(text)[1:] + zigzag(number)


def record(kind, *fields, dt=1000):
    body = bytes([kind]) + varint(dt) + b"".join(fields)
    return varint(len(body)) + body


def task(delta):
    return zigzag(delta)


def some(delta):
    """An optional id, or an optional instant: the difference, plus one."""
    return varint((delta << 1 if delta >= 0 else (-delta << 1) - 1) + 1)


NONE = b"\0"


def number(value):
    return varint(value + 1)


# Ids are differences to the last of their type in the chunk: these build on each other.
ALL = b"".join([
    record(0, task(1), NONE, known("orders"), known("service"), b"\1" + known("zone") + known("a"),
           some(9_000_000_000), number(5_000_000_000), number(1), number(8)),                     # task.started 1
    record(0, task(1), some(-1), known("worker-1")),                                              # task.started 2
    record(1, task(1), number(3), number(10), plain("three of ten")),                             # task.progress 2
    record(2, task(0), known("info"), plain("a \"message\"\n\twith ünïcode 🌲 and \x01")),         # task.log 2
    record(10, zigzag(1), task(0), known("lock"), known("mutex")),                                # resource.acquiring 1
    record(3, task(0), known("lock") + number(1) + known("ledger"), zigzag(-500), some(2_000_000)),  # task.waiting 2
    record(4, task(0)),                                                                           # task.resumed
    record(12, zigzag(0), task(0), varint(3 + 6), varint(3 + 7), number(1_000_000), number(0)),   # resource.acquired
    record(11, zigzag(1), task(0), plain("Refused") + plain("no route")),                         # resource.failed 2
    record(12, zigzag(1), task(0), plain("socket"), NONE, NONE, number(1) + zigzag(-2)),          # acquired 3, after 1
    record(20, zigzag(1), task(-1), b"\6" + plain("SIGTERM")),                                    # drain.requested 1
    record(21, task(1), zigzag(0)),                                                               # task.draining 2
    record(23, b"\0", task(-1), number(30_000_000_000)),                                          # shutdown.phase
    record(5, zigzag(1), task(1), NONE, b"\0" + plain("ann") + some(-1) + plain("enough")),       # cancel.requested 1
    record(7, task(1), zigzag(0)),                                                                # task.cancelling
    record(9, task(0), zigzag(-1000), varint(250), plain("child") + number(2)),                   # task.overdue
    record(6, zigzag(0), plain("bob")),                                                           # cancel.escalated
    record(13, zigzag(2), task(0)),                                                               # resource.releasing 3
    record(14, zigzag(0), task(0), b"\2", plain("Slow") + plain("too long"), varint(777)),        # resource.released
    record(16, zigzag(0), b"\0", varint(888)),                                                    # resource.returned 3
    record(15, zigzag(-2), task(0), task(0)),                                                     # quarantined 1
    record(8, task(-1), b"\1", plain("Fault") + plain("broken")),                                 # task.joining 1
    record(17, task(1), b"\3", NONE, b"\1" + plain("Late") + plain("after all"), b"\1" + NONE + some(-1)),  # finished 2
    record(18, task(1)),                                                                          # task.returned 2
    record(19, zigzag(0), *map(varint, (1, 1, 0, 1, 1, 5_000))),                                  # cancel.completed
    record(22, zigzag(0), varint(9_000)),                                                         # drain.completed
    record(24, varint(1_500_000_000)),                                                            # engine.starved
    record(25, dt=0),                                                                             # snapshot.begin
    record(26, task(-1), NONE, varint(3), varint(4), NONE, NONE, NONE, NONE, NONE, NONE, NONE, b"\1", b"\1",
           some(0), number(0) + NONE * 3, zigzag(-27_000), plain("limit") + number(1) + NONE, some(-9), some(9),
           b"\1", dt=0),
    record(27, zigzag(0), task(1), varint(3 + 6), NONE, NONE, NONE, b"\2", zigzag(-20_000), some(0), dt=0),
    record(28, dt=0),                                                                             # snapshot.end
    record(29, varint(5)),                                                                        # gap
    record(17, task(-1), b"\0"),                                                                  # task.finished 1
    record(30, b"\1"),                                                                            # session.ended
])
# 27 events, four rows without a place, a gap of 5, and two more.
ALL_BEHIND, ALL_T = 1 + 27 + 5 + 2, 30_000


# Strings in chunks of kind 8: 4 + 2 * index is one that is known, 5 + 2 * index one with a number behind it.
NUMBERED = b"".join([
    record(0, task(1), NONE, known("orders"), known("service")),
    record(0, task(1), some(-1), numbered("cell-", 18_025), varint(4 + 2)),
    record(0, task(2), some(-2), varint(5 + 4) + zigzag(1), known("cell")),
    record(0, task(3), some(-3), varint(5 + 4) + zigzag(-18_026), varint(4 + 6)),
    record(2, task(0), known("info"), varint(4 + 4)),                                             # cell-
    record(2, task(0), varint(4 + 8), numbered("00", 7)),                                         # 007
    record(2, task(0), varint(4 + 8), numbered("", 999_999_999_999_999_999)),
    record(2, task(0), numbered("\N{EVERGREEN TREE}", 3), b"\5" + zigzag(40)),                  # orders40
    # Index 8 leaves the same remainder as index 0: its number counts from that one's.
    record(2, task(0), numbered("eighth ", 1), varint(5 + 2 * 8) + zigzag(-1)),
])


def row(kind, fields, more=b""):
    """A row against the row before: its fields by their numbers. `more` is of a newer version, with the highest bit."""
    mask = sum(1 << number for number in fields) | (1 << 23 if more else 0)
    return record(kind, mask.to_bytes(3, "little"), *[fields[number] for number in sorted(fields)], more, dt=0)


ROWS = b"".join([
    record(0, task(1), NONE, known("orders"), known("service")),                                  # started 1
    record(0, task(1), some(-1), numbered("cell-", 7), known("cell")),                            # started 2, below 1
    record(0, task(2), some(-2), varint(5 + 4) + zigzag(1), varint(4 + 6)),                       # started 3, below 1
    record(12, zigzag(1), task(2), numbered("drop-", 1)),                                         # acquired 1, of 3
    record(12, zigzag(1), task(0), varint(5 + 8) + zigzag(1), NONE, number(5_000)),               # acquired 2, of 3
    record(25, dt=0),
    row(26, {**{number: NONE for number in range(20)},
             0: task(1), 2: known("orders"), 3: known("service"), 11: b"\0", 15: zigzag(1_000)}),
    # One more than the row before, and a microsecond later: those fields are left out.
    row(26, {1: some(1), 2: numbered("cell-", 7), 3: known("cell"), 14: number(0) + NONE + some(2) + NONE}),
    record(4, task(0)),                                                                           # resumed 3
    row(26, {1: some(0), 2: varint(5 + 4) + zigzag(1), 3: varint(4 + 6), 12: b"\1"}),
    row(27, {0: zigzag(1), 1: task(3), 2: numbered("drop-", 1), 3: NONE, 4: NONE, 5: NONE, 6: b"\0",
             7: zigzag(4_000), 8: NONE}),
    row(27, {1: task(0), 2: varint(5 + 8) + zigzag(1), 4: number(5_000), 7: zigzag(1_000)}),
    record(28, dt=0),
    # The rows of another keyframe are written against none.
    record(25, dt=0),
    row(26, {0: task(1), 2: known("orders"), 3: known("service"), 11: b"\0", 15: zigzag(1_000)}),
    record(28, dt=0),
    record(2, task(0), varint(4), plain("goes on")),                                              # log 3
    record(30, b"\0"),
])
# A name that defines a string is read again, for its number, and so defines it again; a field of a newer version; one that
# never was there.
ODD_ROWS = b"".join([
    record(25, dt=0),
    row(26, {0: task(1), 1: NONE, 2: numbered("again ", 7), 11: b"\0", 15: zigzag(5)}),
    row(26, {1: some(1)}),
    row(26, {2: varint(4 + 2)}, more=b"\7\7"),
    record(4, task(1)),
    row(27, {0: zigzag(1)}),
    record(4, task(1)),
])


def resumed(count, first=1):
    """Records of the smallest kind, a microsecond apart."""
    return b"".join(record(4, zigzag(first if index == 0 else 1)) for index in range(count))


def indexed(chunks, behind, t, minor=1):
    """A whole file with an index: chunks as (bytes, first seq, first time)."""
    data, entries = header(minor=minor), b""
    for bytes_, seq, first in chunks:
        entries += struct.pack("<QQqQ", len(data), seq, first, 0)
        data += bytes_
    return data + chunk(entries, behind, t, kind=5) + end(behind, t, index=len(data))


def three(count=20):
    """Three chunks of events that follow each other, and what the next would be."""
    return [chunk(resumed(count, 1 + count * index), 1 + count * index, 1_000 * count * index) for index in range(3)]


def flip(data, place, bits=0x10):
    return data[:place] + bytes([data[place] ^ bits]) + data[place + 1:]


def files():
    head, (a, b, c) = header(), three()
    yield "current", indexed([(chunk(ALL, 1, 0), 1, 0)], ALL_BEHIND, ALL_T)
    # Version 1.0 wrote no index; of an event the fields at its end may be missing that came later.
    older = record(0, task(1), NONE, plain("orders")) + record(26, task(0), NONE, plain("orders"), *[NONE] * 8, b"\0",
                                                              NONE, NONE, NONE, zigzag(-2_000), dt=0)
    yield "older-minor", header(minor=0) + chunk(older + record(30, b"\0"), 1, 0) + end(3, 2_000)
    newer = b"".join([
        record(0, task(1), NONE, known("orders"), *[NONE] * 8, plain("a field of 1.9"), varint(7)),
        record(99, plain("an event of 1.9"), varint(12)),
        record(17, task(0), b"\x2A"),                                  # an outcome of 1.9
        record(0, task(1), some(-1), varint(3)),
        record(23, b"\x09", task(0)),                                  # a phase of 1.9
        record(17, task(0), b"\0"),
        record(30, b"\0"),
    ])
    yield "newer-minor", (header(minor=9, more=24) + chunk(b"what only 1.9 knows", 1, 0, kind=77)
                          + chunk(newer, 1, 0, more=16) + end(8, 7_000))
    yield "numbered", header(minor=2) + chunk(NUMBERED, 1, 0, kind=8) + end(10, 9_000)
    yield "numbered-long", (header(minor=2) + chunk(NUMBERED, 1, 0, kind=8) + chunk(
        resumed(1, 10) + record(2, task(0), numbered("x" * 128, 1), numbered("x" * 129, 1)) + resumed(1), 10, 9_000, kind=8)
        + end(13, 12_000))
    yield "rows", header(minor=3) + chunk(ROWS, 1, 0, kind=9) + end(9, 8_000)
    yield "rows-odd", header(minor=3) + chunk(ODD_ROWS, 1, 0, kind=9) + end(3, 2_000)
    yield "other-major", header(major=2, minor=0) + chunk(resumed(3), 1, 0) + end(4, 3_000)
    yield "open", head + a + chunk(resumed(20, 21), 21, 20_000, sealed=False, capacity=512) + bytes(1024)
    yield "damaged-checksum", head + a + flip(b, 100) + c + end(61, 60_000)
    yield "damaged-header", head + a + flip(b, 2) + c + end(61, 60_000)
    yield "damaged-capacity", head + a + flip(b, 9) + c + end(61, 60_000)
    yield "damaged-record", (head + a + chunk(resumed(5, 21) + b"\xFF" * 12 + resumed(3), 21, 20_000) + c
                             + end(61, 60_000))
    yield "damaged-first", head + flip(a, 0) + b + c + end(61, 60_000)
    yield "damaged-last", head + a + b + flip(c, 90)
    yield "blank-header", head + a + bytes(64) + b[64:] + c + end(61, 60_000)
    yield "cut-in-a-chunk", (head + a + b)[:-33]
    yield "cut-in-the-end", (head + a + b + c + end(61, 60_000))[:-20]
    yield "spliced-twice", head + a + b + b + c + end(61, 60_000)
    yield "spliced-short", head + a + c + end(61, 60_000)
    yield "rubbish-behind", head + a + b + b"this is not a chunk" * 9
    # What is meant to do harm.
    yield "huge-lengths", head + a + b"".join([
        chunk(varint((1 << 64) - 1) + b"\4\0\2", 21, 0, sealed=False),
        chunk(record(2, task(1), b"\2" + varint(1 << 62)), 22, 0, sealed=False),
        chunk(record(0, task(1), NONE, plain("x"), NONE, varint(1 << 40)), 23, 0, sealed=False),
        flip(chunk(resumed(2), 24, 0, sealed=False, capacity=1 << 12), 15, 0x7F),
    ])
    yield "largest-ids", head + chunk(b"".join([
        record(0, zigzag(-1), some(0), plain("its own parent, the largest id of all")),
        record(0, zigzag(1), some(-1), plain("zero")),
        record(12, zigzag(-1), zigzag(-1), plain("r"), NONE, varint((1 << 64) - 1)),
        record(3, zigzag(0), plain("task") + varint((1 << 64) - 1) + NONE, zigzag((1 << 63) - 1)),
        record(29, varint((1 << 64) - 1)),
        record(4, zigzag(0), dt=(1 << 64) - 1),
    ]), (1 << 63), -(1 << 63))
    # Each is below the next, and the last below the first.
    yield "parent-loop", head + chunk(b"".join(
        record(0, zigzag(0 if index else 1), some(1 if index < 9 else -9), plain(f"t{index}"))
        for index in range(10)) + record(17, zigzag(0), b"\0") + record(30, b"\0"), 1, 0)
    # One string more than a table may have.
    yield "many-strings", head + chunk(
        b"".join(record(2, zigzag(0), known(f"s{index}"), varint(3 + index)) for index in range(2050)), 1, 0)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for name, data in files():
        with open(os.path.join(folder, name + ".treetop"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
