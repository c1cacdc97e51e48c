#!/usr/bin/env python3
"""Prints the events of a Treetop session file as JSON Lines, what `treetop export FILE --to jsonl` prints.

    python3 treetop_events.py FILE

It is written from Sources/Recording/FORMAT.md, with the standard library only, and shows that the description is
enough to read a session in another language. As a module it has `Session(path)` with `.header` and `.events()`.
Exit codes: 0 done, 2 the file cannot be read, 64 bad usage.
"""

import struct
import sys
from datetime import datetime, timedelta, timezone

MAGIC = bytes.fromhex("89545245450d0a1a")
MASK = (1 << 64) - 1
# The kinds of chunks with events.
EVENTS = (1, 8, 9)

WORDS = {
    "outcome": "succeeded failed cancelled abandoned",
    "release": "ok failed timedOut leaked",
    "policy": "failFast isolate restart",
    "phase": "running joining releasing finished",
    "cause": "user code deadline failure parent shutdown signal outer",
    "shutdown": "draining cancelling releasing done",
    "end": "finished signal recordingFailed",
}
WORDS = {name: words.split() for name, words in WORDS.items()}

STARTED = (
    "task:task parent:task? name:string kind:string? labels:labels deadline:instant? grace:amount? "
    "policy:policy? limit:amount? attempt:amount? restartOf:task?"
)
ACQUIRED = "resource:resource task:task name:string kind:string? budget:amount? after:ids?"

# The kinds in the order of their numbers; each field is NAME:TYPE, with a ? where it is optional.
KINDS = [
    ("task.started", STARTED),
    ("task.progress", "task:task completed:amount? total:amount? message:string?"),
    ("task.log", "task:task level:string message:string"),
    ("task.waiting", "task:task on:target since:instant deadline:instant?"),
    ("task.resumed", "task:task"),
    ("cancel.requested", "cascade:cascade task:task force:flag cause:cause"),
    ("cancel.escalated", "cascade:cascade by:string?"),
    ("task.cancelling", "task:task cascade:cascade"),
    ("task.joining", "task:task outcome:outcome error:error?"),
    ("task.overdue", "task:task since:instant grace:amount on:target?"),
    ("resource.acquiring", "resource:resource task:task name:string kind:string?"),
    ("resource.failed", "resource:resource task:task error:error"),
    ("resource.acquired", ACQUIRED),
    ("resource.releasing", "resource:resource task:task"),
    ("resource.released", "resource:resource task:task outcome:release error:error? duration:amount"),
    ("resource.quarantined", "resource:resource task:task because:task"),
    ("resource.returned", "resource:resource outcome:release duration:amount"),
    ("task.finished", "task:task outcome:outcome error:error? suppressed:errors cause:cause?"),
    ("task.returned", "task:task"),
    (
        "cancel.completed",
        "cascade:cascade tasks:amount resources:amount failed:amount timedOut:amount abandoned:amount duration:amount",
    ),
    ("drain.requested", "drain:drain task:task cause:cause"),
    ("task.draining", "task:task drain:drain"),
    ("drain.completed", "drain:drain duration:amount"),
    ("shutdown.phase", "phase:shutdown task:task budget:amount?"),
    ("engine.starved", "duration:amount"),
    ("snapshot.begin", ""),
    (
        "snapshot.task",
        STARTED + " phase:phase draining:flag cascade:cascade? cause:cause? since:instant on:target? "
        "waitingSince:instant? waitingUntil:instant? overdue:flag",
    ),
    ("snapshot.resource", ACQUIRED + " phase:phase since:instant because:task?"),
    (
        "snapshot.end",
        "started:amount? succeeded:amount? failed:amount? cancelled:amount? abandoned:amount? returned:amount? "
        "acquired:amount? released:amount? releaseFailures:amount? leaked:amount? starvations:amount?",
    ),
    ("gap", "lost:amount"),
    ("session.ended", "reason:end"),
]
KINDS = [(name, [field.split(":") for field in fields.split()]) for name, fields in KINDS]


class Unreadable(Exception):
    """The file is no session that can be read; says why in one line."""


class Damaged(Exception):
    """The bytes from here on are no records."""


def _crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_CRC = _crc_table()


def crc32c(*parts):
    crc = 0xFFFFFFFF
    for part in parts:
        for byte in part:
            crc = _CRC[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def unzigzag(value):
    return value >> 1 ^ -(value & 1)


def signed(value):
    """A number as 64 bits hold it, with a sign."""
    value &= MASK
    return value - (1 << 64) if value >> 63 else value


def wrapped(type_, value):
    """An id or an instant as 64 bits hold it."""
    return signed(value) if type_.startswith("instant") else value & MASK


class Chunk:
    """A chunk's header, and where it is."""

    def __init__(self, offset, data):
        (_, self.kind, self.flags, self.header_length, self.capacity, self.committed, self.first_seq, self.first_t,
         self.checksum, self.number) = struct.unpack_from("<4sBBHQQQqII", data)
        self.offset = offset
        self.is_sealed = bool(self.flags & 1)

    @staticmethod
    def at(offset, data):
        """The header in these bytes, or None where there is none that makes sense."""
        if len(data) < 64 or data[:4] != b"CHNK":
            return None
        chunk = Chunk(offset, data)
        return chunk if 64 <= chunk.header_length <= chunk.committed <= chunk.capacity else None


class RowField:
    """A field of rows as it was last."""

    def __init__(self):
        self.place = self.value = None
        self.last = self.step = 0
        self.is_numbered = self.is_unknown = False

    @staticmethod
    def goes_on(type_):
        return type_.rstrip("?") in ("task", "resource", "cascade", "drain", "instant")


class Records:
    """The records of one chunk, in order. Nothing outside a record is read."""

    def __init__(self, data, chunk):
        self.data = data
        self.at = chunk.header_length
        self.end = self.at
        self.t = chunk.first_t
        self.next_seq = chunk.first_seq
        self.last = {"task": 0, "resource": 0, "cascade": 0, "drain": 0}
        self.strings = []
        self.numbers = [0] * 8
        self.is_numbered = chunk.kind != 1
        # What the rows of keyframes before left: where each field stands, and its last id or instant.
        self.compares_rows = chunk.kind == 9
        self.begin_rows()
        self.origin = 0
        self.unknown_word = self.has_number = False

    def next(self):
        """The next event as (seq, t, kind, fields); None for one of a newer version; raises StopIteration at the end."""
        limit = len(self.data)
        if self.at >= limit:
            raise StopIteration
        self.end = limit
        self.unknown_word = False
        length = self.number()
        if not 2 <= length <= limit - self.at:
            raise Damaged
        self.end = self.at + length
        kind = self.data[self.at]
        self.at += 1
        self.t = signed(self.t + self.number())
        if kind >= len(KINDS):
            self.at = self.end
            self.next_seq = self.next_seq + 1 & MASK
            return None
        name, spec = KINDS[kind]
        self.origin = self.t
        if name in ("snapshot.begin", "snapshot.end"):
            self.begin_rows()
        if self.compares_rows and name in self.rows:
            self.exchange_rows()
            fields = self.row(spec, self.rows[name])
            self.exchange_rows()
        else:
            fields = [(key, self.field(type_)) for key, type_ in spec]
        fields = [(key, value) for key, value in fields if value is not None]
        self.at = self.end
        places = 0 if name.startswith("snapshot.") else dict(fields)["lost"] if name == "gap" else 1
        seq = self.next_seq if places else self.next_seq - 1 & MASK
        self.next_seq = self.next_seq + places & MASK
        return None if self.unknown_word else (seq, self.t, name, fields)

    def field(self, type_):
        return self.optional(type_[:-1]) if type_.endswith("?") else self.required(type_)

    def begin_rows(self):
        """The next row is written against none. Rows have strings and numbers of their own."""
        self.rows = {"snapshot.task": {}, "snapshot.resource": {}}
        self.of_rows = [], [0] * 8

    def exchange_rows(self):
        of_others = self.strings, self.numbers
        self.strings, self.numbers = self.of_rows
        self.of_rows = of_others

    def row(self, spec, before):
        """The fields of a row: those that are not here are as they were last, or go on."""
        if self.end - self.at < 3:
            raise Damaged
        mask = int.from_bytes(self.data[self.at:self.at + 3], "little")
        self.at += 3
        fields = []
        for number, (key, type_) in enumerate(spec):
            field = before.setdefault(number, RowField())
            if mask >> number & 1:
                self.read_field(type_, field)
            elif field.place is None and not type_.endswith("?") and type_ not in ("flag", "labels", "errors"):
                raise Damaged
            else:
                self.unknown_word = self.unknown_word or field.is_unknown
                if field.value is not None and field.goes_on(type_):
                    field.value = field.last = wrapped(type_, field.last + field.step)
                elif field.is_numbered:
                    here = self.at, self.end
                    self.at, self.end = field.place
                    field.value = self.string()
                    self.at, self.end = here
            fields.append((key, field.value))
        return fields

    def read_field(self, type_, field):
        start, was_unknown, others = self.at, self.unknown_word, self.last
        self.unknown_word = self.has_number = False
        self.last = dict.fromkeys(others, field.last if field.goes_on(type_) else 0)
        self.origin = field.last
        value = self.field(type_)
        self.last, self.origin = others, self.t
        field.place = (start, self.at) if start < self.at else None
        field.is_numbered, field.is_unknown = self.has_number and type_.startswith("string"), self.unknown_word
        self.unknown_word = self.unknown_word or was_unknown
        if value is not None and field.goes_on(type_):
            field.step, field.last = value - field.last, value
        field.value = value

    def number(self):
        value = shift = 0
        while self.at < self.end and shift <= 63:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & MASK
            shift += 7
        raise Damaged

    def count(self, number):
        """How many items follow; each takes a byte at least."""
        if number > self.end - self.at:
            raise Damaged
        return number

    def items(self, number):
        if number > 65_536:
            raise Damaged
        return self.count(number)

    def string(self):
        if self.at >= self.end:
            return None
        code = self.number()
        if code == 0:
            return None
        if code >= (4 if self.is_numbered else 3):
            index, has_number = divmod(code - 4, 2) if self.is_numbered else (code - 3, 0)
            if index >= len(self.strings):
                raise Damaged
        else:
            count = self.count(self.number())
            text = self.data[self.at:self.at + count]
            self.at += count
            if code == 2:
                return text.decode("utf-8", "replace")
            if len(self.strings) >= 2048:
                raise Damaged
            index, has_number = len(self.strings), code == 3
            self.strings.append(text)
        text = self.strings[index]
        return (text + self.digits(index, text) if has_number else text).decode("utf-8", "replace")

    def digits(self, index, text):
        """The number behind a string, in digits."""
        place = index & 7
        self.has_number = True
        self.numbers[place] = self.numbers[place] + unzigzag(self.number()) & MASK
        if len(text) > 128:
            raise Damaged
        return str(self.numbers[place]).encode()

    def needed(self):
        text = self.string()
        if text is None:
            raise Damaged
        return text

    def id(self, type_, number):
        self.last[type_] = (self.last[type_] + unzigzag(number)) & MASK
        return self.last[type_]

    def word(self, set_, number):
        if number < len(WORDS[set_]):
            return WORDS[set_][number]
        self.unknown_word = True
        return ""

    def error(self, type_):
        return [("type", type_), ("message", self.needed())]

    def cause(self, number):
        found = [("kind", self.word("cause", number)), ("by", self.string()), ("origin", self.optional("task")),
                 ("message", self.string())]
        return [(key, value) for key, value in found if value is not None]

    def target(self, kind):
        found = [("kind", kind), ("id", self.optional("amount")), ("name", self.string())]
        return [(key, value) for key, value in found if value is not None]

    def required(self, type_):
        """A required field; None for a flag or a list that is left out."""
        if type_ in self.last:
            return self.id(type_, self.number())
        if type_ in ("flag", "labels", "errors"):
            # These may be left out at a record's end.
            number = self.number() if self.at < self.end else 0
            if number == 0:
                return None
            if type_ == "flag":
                return True
            pairs = [(self.needed(), self.needed()) for _ in range(self.items(number))]
            return pairs if type_ == "labels" else [[("type", a), ("message", b)] for a, b in pairs]
        if type_ == "amount":
            return self.number()
        if type_ == "instant":
            return signed(self.origin + unzigzag(self.number()))
        if type_ == "string":
            return self.needed()
        if type_ == "error":
            return self.error(self.needed())
        if type_ == "target":
            return self.target(self.needed())
        if type_ == "cause":
            return self.cause(self.number())
        return self.word(type_, self.number())

    def optional(self, type_):
        if type_ in ("string", "error", "target"):
            text = self.string()
            if text is None or type_ == "string":
                return text
            return self.error(text) if type_ == "error" else self.target(text)
        number = self.number() if self.at < self.end else 0
        if number == 0:
            return None
        number -= 1
        if type_ in self.last:
            return self.id(type_, number)
        if type_ == "amount":
            return number
        if type_ == "instant":
            return signed(self.origin + unzigzag(number))
        if type_ == "ids":
            return [self.id("resource", self.number()) for _ in range(self.items(number))]
        if type_ == "cause":
            return self.cause(number)
        return self.word(type_, number)


class Session:
    """A session file. What of it is damaged is a `gap` among its events."""

    def __init__(self, path):
        try:
            self.file = open(path, "rb")
            self.size = self.file.seek(0, 2)
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror}")
        data = self.read(0, 65_536)
        if len(data) < 32 or data[:8] != MAGIC:
            raise Unreadable(f"{path} is not a session file")
        (major, _, length, started, pid, id_bytes, name_bytes) = struct.unpack_from("<HHIqiHH", data, 8)
        if major != 1:
            raise Unreadable(f"{path} is a session file of version {major}; this program reads version 1")
        if not 36 + id_bytes + name_bytes <= length <= len(data) or length % 8:
            raise Unreadable(f"{path} has a damaged header")
        if crc32c(data[:length - 4]) != struct.unpack_from("<I", data, length - 4)[0]:
            raise Unreadable(f"{path} has a damaged header (its checksum is wrong)")
        text = [data[32:32 + id_bytes], data[32 + id_bytes:32 + id_bytes + name_bytes]]
        session, name = [part.decode("utf-8", "replace") for part in text]
        self.header = [("treetop", 1), ("session", session), ("started", rfc3339(started)), ("name", name), ("pid", pid)]
        self.is_partial = length >= 52 + id_bytes + name_bytes and any(struct.unpack_from("<QQ", data, length - 20))
        self.chunks, self.end, self.lost_beginning = self.find_chunks(length)
        if self.is_partial:
            self.sort()

    def read(self, offset, count):
        self.file.seek(offset)
        return self.file.read(max(0, min(count, self.size - offset)))

    def find_chunks(self, offset):
        """The chunks with events, the end chunk or None, and whether something was passed over before the first."""
        chunks, end, search_from, lost_beginning = [], None, offset, False
        while offset <= self.size - 64:
            chunk = Chunk.at(offset, self.read(offset, 64))
            if chunk:
                search_from = offset + 64
                if chunk.kind == 6:
                    end = chunk
                    if not self.is_partial:
                        break
                if chunk.kind in EVENTS:
                    chunks.append(chunk)
                if offset + chunk.capacity <= self.size:
                    offset += chunk.capacity
                    continue
            is_blank = not chunk and self.read(offset, 8) == bytes(8)
            seq = -1 if self.is_partial else chunks[-1].first_seq if chunks else 0
            found = self.search(offset if is_blank else search_from, seq)
            if found is None:
                break
            lost_beginning = lost_beginning or not chunks
            offset = found
        return chunks, end, lost_beginning

    def sort(self):
        """Of a file with the last part of a session: its chunks in their order."""
        # Rows of a keyframe take no `seq`, so that several chunks of it begin with the same one.
        self.chunks.sort(key=lambda chunk: (chunk.first_seq, chunk.number))
        if self.chunks and self.chunks[0].first_seq > 1:
            first = self.chunks[0]
            data = self.read(first.offset, min(first.committed, first.header_length + 16))
            at = first.header_length
            while at < len(data) and data[at] >= 0x80:
                at += 1
            kind = data[at + 1] if at + 1 < len(data) else None
            self.lost_beginning = kind is None or kind >= len(KINDS) or KINDS[kind][0] != "snapshot.begin"

    def search(self, start, seq):
        """The next place with a header that continues the count."""
        for offset in range((start + 7) & ~7, self.size - 63, 8):
            if self.read(offset, 4) != b"CHNK":
                continue
            chunk = Chunk.at(offset, self.read(offset, 64))
            if chunk and 1 <= chunk.kind <= 9 and chunk.header_length == 64:
                if chunk.first_seq > seq or (chunk.first_seq == seq and chunk.kind not in EVENTS):
                    return offset
        return None

    def events(self):
        """All events, in order: (seq, t, kind, fields)."""
        next_seq = 1 if self.lost_beginning or not self.chunks else self.chunks[0].first_seq

        def gap(to, t):
            return (next_seq, t, "gap", [("lost", to - next_seq)])

        for chunk in self.chunks:
            data = self.read(chunk.offset, min(chunk.committed, self.size - chunk.offset))
            is_cut = len(data) < chunk.committed
            is_intact = is_cut or not chunk.is_sealed or checksum(data) == chunk.checksum
            if chunk.first_seq < next_seq or not is_intact:
                if chunk is self.chunks[-1] and self.end is None:
                    behind = seq_behind(data, chunk)
                    if behind > next_seq:
                        yield gap(behind, chunk.first_t)
                        next_seq = behind
                continue
            if chunk.first_seq > next_seq:
                yield gap(chunk.first_seq, chunk.first_t)
            records = Records(data, chunk)
            next_seq = chunk.first_seq
            try:
                while True:
                    event = records.next()
                    next_seq = records.next_seq
                    if event:
                        yield event
            except (StopIteration, Damaged):
                pass
        if self.end and self.end.first_seq > next_seq:
            yield gap(self.end.first_seq, self.end.first_t)


def checksum(data):
    """Of a chunk: its header with the sealed flag set and no checksum, and its records."""
    header = bytearray(data[:64])
    header[5] |= 1
    header[40:44] = bytes(4)
    return crc32c(header, data[64:])


def seq_behind(data, chunk):
    """Where the records of a damaged chunk, as far as they look like records, would leave the count."""
    records = Records(data, chunk)
    seq = chunk.first_seq
    try:
        while True:
            records.next()
            if not seq <= records.next_seq <= chunk.first_seq + len(data):
                return seq
            seq = records.next_seq
    except (StopIteration, Damaged):
        return seq


def rfc3339(nanoseconds):
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    instant = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


_ESCAPES = {code: f"\\u{code:04x}" for code in range(0x20)}
_ESCAPES.update({0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x08: "\\b", 0x0C: "\\f"})


def json(value):
    """Pairs are objects in that order; a key may come twice, as labels' may."""
    if value is True:
        return "true"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.translate(_ESCAPES) + '"'
    if value and isinstance(value[0], tuple):
        return "{" + ",".join(json(key) + ":" + json(item) for key, item in value) + "}"
    return "[" + ",".join(map(json, value)) + "]"


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: treetop_events.py FILE", file=sys.stderr)
        return 64
    try:
        session = Session(arguments[0])
    except Unreadable as error:
        print(f"treetop_events.py: {error}", file=sys.stderr)
        return 2
    write = sys.stdout.buffer.write
    write((json(session.header) + "\n").encode())
    for seq, t, kind, fields in session.events():
        write((json([("seq", seq), ("t", t), ("event", kind)] + fields) + "\n").encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
