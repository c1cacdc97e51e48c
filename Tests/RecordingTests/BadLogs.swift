/// For each promise, logs that break it and no other.
let badLogs: [BadLog] = [
    BadLog(.seqGapless, "a hole", seqs: [4], "start 1\nlog\nseq 4\nlog\nend"),
    BadLog(.seqGapless, "a place twice", seqs: [1], "start 1\nseq 1\nlog\nfinish 1\nend"),
    BadLog(.idsUnique, "a task's id again", seqs: [3], "start 1\nfinish 1\nstart 1\nend"),
    BadLog(
        .idsUnique, "a resource's id again", seqs: [5],
        "start 1\nacquire 1 1\nreleasing 1\nreleased 1\nacquire 1 1\nreleasing 1\nreleased 1\nfinish 1\nend"),
    BadLog(
        .idsUnique, "a cascade's id again", seqs: [5], "start 1\ncancel 1 1\nmark 1 1\nlog\ncancel 1 1\nfinish 1\nend"),
    BadLog(.namesKnown, "a task that never started", seqs: [2], "start 1\nfinish 2\nfinish 1\nend"),
    BadLog(.namesKnown, "a parent that never started", seqs: [1], "start 1 9\nfinish 1\nend"),
    BadLog(.namesKnown, "a resource that was never acquired", seqs: [2], "start 1\nreleasing 1\nfinish 1\nend"),
    BadLog(.namesKnown, "a cascade that was never requested", seqs: [2], "start 1\nmark 1 5\nfinish 1\nend"),
    BadLog(
        .startUnderLive, "under a finished parent", seqs: [4],
        "start 1\nstart 2 1\nfinish 2\nstart 3 2\nfinish 3\nfinish 1\nend"),
    BadLog(
        .startUncancelled, "under a cancelled parent", seqs: [4],
        "start 1\ncancel 1 1\nmark 1 1\nstart 2 1\nfinish 2\nfinish 1\ncompleted 1 1 0 0 0 0\nend"),
    BadLog(.finishOnce, "twice", seqs: [3], "start 1\nfinish 1\nfinish 1\nend"),
    BadLog(.finishOnce, "twice, abandoned", seqs: [3], "start 1\nfinish 1 abandoned\nfinish 1\nend"),
    BadLog(.finishOnce, "returned, and was not abandoned", seqs: [3], "start 1\nfinish 1\nreturned 1\nend"),
    BadLog(
        .finishOnce, "returned twice", seqs: [4], "start 1\nfinish 1 abandoned\nreturned 1\nreturned 1\nend"),
    BadLog(.childrenFirst, "the parent first", seqs: [3], "start 1\nstart 2 1\nfinish 1\nfinish 2\nend"),
    BadLog(
        .childrenFirst, "an abandoned parent first", seqs: [3],
        "start 1\nstart 2 1\nfinish 1 abandoned\nfinish 2\nend"),
    BadLog(
        .releaseOnce, "while it is being released", seqs: [3, 4],
        "start 1\nacquire 1 1\nreleasing 1\nreleasing 1\nreleased 1\nfinish 1\nend"),
    BadLog(
        .releaseOnce, "after it was released", seqs: [5],
        "start 1\nacquire 1 1\nreleasing 1\nreleased 1\nreleasing 1\nfinish 1\nend"),
    BadLog(
        .releaseOnce, "a quarantined one twice", seqs: [8],
        "start 1\nacquire 1 1\nquarantine 1 1\nfinish 1 abandoned\nreturned 1\nreleasing 1\nreleased 1\nreleased 1\nend"
    ),
    BadLog(
        .releaseAfterChildren, "before a child finished", seqs: [5],
        "start 1\nstart 2 1\nacquire 1 1\njoining 1\nreleasing 1\nreleased 1\nfinish 2\nfinish 1\nend"),
    BadLog(
        .releaseOrder, "the first acquired first", seqs: [3, 4, 7],
        """
        start 1
        start 2 1
        acquire 1 1
        acquire 2 1
        joining 1
        finish 2
        releasing 1
        released 1
        releasing 2
        released 2
        finish 1
        end
        """),
    BadLog(
        .releaseOrder, "the next while the one before it is being released", seqs: [3, 4, 8],
        """
        start 1
        start 2 1
        acquire 1 1
        acquire 2 1
        joining 1
        finish 2
        releasing 2
        releasing 1
        released 2
        released 1
        finish 1
        end
        """),
    BadLog(
        .releaseOrder, "against its `after`", seqs: [3, 7],
        """
        start 1
        start 2 1
        acquire 1 1
        acquire 2 1 after 1
        joining 1
        finish 2
        releasing 1
        released 1
        releasing 2
        released 2
        finish 1
        end
        """),
    BadLog(.heldAtFinish, "held", seqs: [3], "start 1\nacquire 1 1\nfinish 1\nend"),
    BadLog(
        .heldAtFinish, "being released", seqs: [4], "start 1\nacquire 1 1\nreleasing 1\nfinish 1\nreleased 1\nend"),
    BadLog(
        .returnOnce, "twice", seqs: [6],
        "start 1\nacquire 1 1\nreleasing 1\nreleased 1 timedOut\nback 1\nback 1\nfinish 1\nend"),
    BadLog(
        .returnOnce, "without a timeout", seqs: [5],
        "start 1\nacquire 1 1\nreleasing 1\nreleased 1\nback 1\nfinish 1\nend"),
    BadLog(
        .cascadeScope, "a sibling", seqs: [6],
        """
        start 1
        start 2 1
        start 3 1
        cancel 1 2
        mark 2 1
        mark 3 1
        finish 3
        finish 2
        completed 1 2 0 0 0 0
        finish 1
        end
        """),
    BadLog(
        .cascadeScope, "the parent", seqs: [5],
        "start 1\nstart 2 1\ncancel 1 2\nmark 2 1\nmark 1 1\nfinish 2\nfinish 1\ncompleted 1 2 0 0 0 0\nend"),
    BadLog(
        .cascadeScope, "twice", seqs: [4],
        "start 1\ncancel 1 1\nmark 1 1\nmark 1 1\nfinish 1\ncompleted 1 1 0 0 0 0\nend"),
    BadLog(
        .cascadeCovers, "a child left out", seqs: [3, 4, 5, 7],
        "start 1\nstart 2 1\ncancel 1 1\nmark 1 1\nfinish 2\nfinish 1\ncompleted 1 1 0 0 0 0\nend"),
    BadLog(
        .cascadeCovers, "a child that outlives the cascade", seqs: [3, 5],
        "start 1\nstart 2 1\ncancel 1 2\nlog\ncompleted 1 0 0 0 0 0\nfinish 2\nfinish 1\nend"),
    BadLog(
        .releaseBeforeMarked, "a release between two marks", seqs: [6, 8],
        """
        start 1
        start 2 1
        acquire 1 1
        cancel 1 1
        mark 1 1
        releasing 1
        released 1
        mark 2 1
        finish 2
        finish 1
        completed 1 2 1 0 0 0
        end
        """),
    BadLog(
        .releaseBeforeMarked, "a release between two marks, after one that the cascade did not cause", seqs: [9, 11],
        """
        start 1
        start 2 1
        acquire 1 1
        acquire 2 1
        releasing 2
        released 2
        cancel 1 1
        mark 1 1
        releasing 1
        released 1
        mark 2 1
        finish 2
        finish 1
        completed 1 2 1 0 0 0
        end
        """),
    BadLog(
        .cascadeCounts, "too many tasks", seqs: [2, 5],
        "start 1\ncancel 1 1\nmark 1 1\nfinish 1\ncompleted 1 2 0 0 0 0\nend"),
    BadLog(
        .cascadeCounts, "an abandoned one that is not counted", seqs: [2, 5],
        "start 1\ncancel 1 1\nmark 1 1\nfinish 1 abandoned\ncompleted 1 1 0 0 0 0\nend"),
    BadLog(
        .cascadeCounts, "too early", seqs: [2, 4],
        "start 1\ncancel 1 1\nmark 1 1\ncompleted 1 1 0 0 0 0\nfinish 1\nend"),
    BadLog(.endedClean, "a task that is alive", seqs: [2], "start 1\nend"),
    BadLog(.endedClean, "an event after the end", seqs: [4], "start 1\nfinish 1\nend\nlog"),
]
