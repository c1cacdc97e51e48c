import Foundation

/// A recording that has something for every key: a shop with a desk whose till waits for a lock that a guard holds, a clerk
/// who fails, and a yard of sixty boxes. The desk is cancelled at 4 s, the till is overdue at 5 s and abandoned at 6 s; the
/// session ends at 20 s.
struct ShopRecording {
    private var lines = [
        #"{"treetop":1,"session":"s","started":"2026-01-01T00:00:00Z","name":"shop","pid":1}"#
    ]

    static func write(to path: String) throws {
        var recording = ShopRecording()
        recording.tell()
        try (recording.lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    private mutating func add(_ milliseconds: Int, _ event: String, _ fields: String) {
        lines.append(#"{"seq":\#(lines.count),"t":\#(milliseconds * 1_000_000),"event":"\#(event)",\#(fields)}"#)
    }

    private mutating func start(_ milliseconds: Int, _ task: Int, _ name: String, in parent: Int?) {
        let above = parent.map { #","parent":\#($0)"# } ?? ""
        add(milliseconds, "task.started", #""task":\#(task)\#(above),"name":"\#(name)","grace":2000000000"#)
    }

    /// The names of the boxes: no two of them are alike.
    static let boxes: [String] = (0..<60).map { number in
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return "box-\(letters[number / 26])\(letters[number % 26])"
    }

    private mutating func tell() {
        for (task, name, parent) in [
            (1, "shop", nil), (2, "desk", 1), (3, "till", 2), (4, "clerk", 2), (5, "guard", 1), (6, "yard", 1),
        ] as [(Int, String, Int?)] {
            start(0, task, name, in: parent)
        }
        add(0, "resource.acquired", #""resource":1,"task":5,"name":"door.lock","kind":"lock""#)
        add(0, "resource.acquired", #""resource":2,"task":2,"name":"ledger","kind":"file""#)
        for (number, name) in Self.boxes.enumerated() { start(100, 10 + number, name, in: 6) }
        let lock = #""on":{"kind":"lock","name":"door.lock"}"#
        add(1_000, "task.waiting", #""task":3,\#(lock),"since":1000000000"#)
        add(2_000, "task.log", #""task":2,"level":"info","message":"the desk is open""#)
        for number in 0..<40 {
            add(2_000 + number, "task.log", #""task":6,"level":"info","message":"box \#(number) is in""#)
        }
        add(3_000, "task.finished", #""task":4,"outcome":"failed","error":{"type":"Ink","message":"no ink"}"#)
        let cause = #""cause":{"kind":"user","by":"key x"}"#
        add(4_000, "cancel.requested", #""cascade":1,"task":2,\#(cause)"#)
        for task in 2...3 { add(4_000, "task.cancelling", #""task":\#(task),"cascade":1"#) }
        add(4_000, "task.joining", #""task":2,"outcome":"cancelled""#)
        add(5_000, "task.overdue", #""task":3,"since":4000000000,"grace":2000000000,\#(lock)"#)
        add(6_000, "task.finished", #""task":3,"outcome":"abandoned",\#(cause)"#)
        add(6_000, "resource.releasing", #""resource":2,"task":2"#)
        add(6_000, "resource.released", #""resource":2,"task":2,"outcome":"ok","duration":1000"#)
        add(6_000, "task.finished", #""task":2,"outcome":"cancelled",\#(cause)"#)
        add(
            6_000, "cancel.completed",
            #""cascade":1,"tasks":2,"resources":1,"failed":0,"timedOut":0,"abandoned":1,"duration":2000000000"#)
        add(20_000, "session.ended", #""reason":"finished""#)
    }
}
