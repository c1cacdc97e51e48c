"""The benchmarks' work as a trio program would do it: nurseries, cancel scopes, and cleanup in `finally`.

peer.py BENCHMARK SHAPE TASKS ROUNDS
"""

import contextlib
import os
import sys
import time

import trio

SETTLE = 0.05
CHURN_BATCH = 250
CHURN_EARLY = 100_000


class OneFailed(Exception):
    pass


def resident():
    """The resident set of this process, in bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def now():
    return time.monotonic_ns()


def print_value(nanoseconds, count):
    print("value", nanoseconds / count)


class Countdown:
    """Keeps the instant at which the last of so many was counted."""

    def __init__(self, count):
        self.left = count
        self.at = 0
        self.done = trio.Event()

    def hit(self):
        self.left -= 1
        if self.left == 0:
            self.at = now()
            self.done.set()

    async def wait(self):
        await self.done.wait()
        return self.at


class Work:
    """One tree, and what its tasks do."""

    def __init__(self, benchmark, shape, tasks):
        self.shape = shape
        self.tasks = tasks
        self.parks = benchmark != "finish"
        # The tree of spawn is taken down by a failure, too: that goes deeper than a cancel.
        self.fails = benchmark in ("first-error", "spawn")
        self.notices = benchmark == "notice"
        self.started = Countdown(tasks)
        self.noticed = Countdown(tasks)
        self.cleaned = 0
        self.failure = trio.Event()

    def children(self, number):
        """The tree is filled level by level."""
        if self.shape == "flat":
            return range(1, self.tasks) if number == 0 else range(0)
        if self.shape == "chain":
            return range(number + 1, min(self.tasks, number + 2))
        return range(min(self.tasks, 8 * number + 1), min(self.tasks, 8 * number + 9))

    async def node(self, number):
        """Cleanup, children that end before it, and a cancel of its own, which a nursery has."""
        try:
            children = self.children(number)
            if not children:
                await self.leaf(number)
                return
            async with trio.open_nursery() as nursery:
                for child in children:
                    nursery.start_soon(self.node, child)
                self.started.hit()
                if self.parks:
                    await self.park()
        finally:
            self.cleaned += 1

    async def leaf(self, number):
        with trio.CancelScope():
            self.started.hit()
            if self.fails and number == self.tasks - 1:
                await self.failure.wait()
                raise OneFailed
            if self.parks:
                await self.park()

    async def park(self):
        try:
            await trio.sleep_forever()
        finally:
            if self.notices:
                self.noticed.hit()


async def measure_tree(benchmark, shape, tasks):
    work = Work(benchmark, shape, tasks)
    failed = False
    over = trio.Event()
    scope = trio.CancelScope()

    async def root():
        nonlocal failed
        try:
            with scope:
                await work.node(0)
        except OneFailed:
            failed = True
        finally:
            over.set()

    base = resident()
    begin = now()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(root)
        if not work.parks:
            await over.wait()
            print_value(now() - begin, tasks)
        else:
            started = await work.started.wait()
            await trio.sleep(SETTLE)
            held = max(0, resident() - base) // tasks
            begun = now()
            if work.fails:
                work.failure.set()
            else:
                scope.cancel()
            await over.wait()
            ended = now()
            if benchmark == "spawn":
                print_value(started - begin, tasks)
            elif benchmark == "notice":
                print_value(await work.noticed.wait() - begun, 1)
            else:
                print_value(ended - begun, tasks)
            print("bytes", held)
    assert failed == work.fails, "the tree ended otherwise than it should"
    assert work.cleaned == tasks, f"{work.cleaned} of {tasks} were cleaned up"


async def acquire(count):
    """Registers so many resources with one task, and releases them at its end."""
    released = 0

    def release(value):
        nonlocal released
        released += min(value, 0) + 1

    base = resident()
    begin = now()
    with contextlib.ExitStack() as stack:
        for number in range(count):
            stack.callback(release, number)
        taken = now() - begin
        held = max(0, resident() - base) // count
        begin = now()
    print_value(taken + now() - begin, count)
    print("bytes", held)
    assert released == count, "not all was released"


async def churn(count):
    """Runs so many short children in one nursery, a batch at a time."""
    cleaned = 0

    async def child(over):
        nonlocal cleaned
        try:
            with trio.CancelScope():
                over.hit()
        finally:
            cleaned += 1

    begin = now()
    async with trio.open_nursery() as nursery:
        for first in range(0, count, CHURN_BATCH):
            over = Countdown(CHURN_BATCH)
            for _ in range(CHURN_BATCH):
                nursery.start_soon(child, over)
            await over.wait()
            done = first + CHURN_BATCH
            if done in (CHURN_EARLY, count):
                print("tasks", done)
                print_value(now() - begin, done)
                print("bytes", resident())
    assert cleaned == count, "not all children were cleaned up"


def main():
    benchmark, shape, tasks, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    for _ in range(rounds):
        if benchmark == "acquire":
            trio.run(acquire, tasks)
        elif benchmark == "churn":
            trio.run(churn, tasks)
        else:
            trio.run(measure_tree, benchmark, shape, tasks)


main()
