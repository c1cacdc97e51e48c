import EventBus
import TreeModel

/// Writes what stands at an instant of a session, or what differs between two, as one JSON object on one line.
public enum StateJSON {
    /// The tree at an instant: `state` (1, the version), `session`, `seq` of the last event, `t`, `totals`, `tasks` and
    /// `resources`. A task has the fields of `snapshot.task` and `path`, `live` and `held` of its subtree; parents come
    /// first. A resource has those of `snapshot.resource`.
    /// - Parameter tree: settled.
    public static func state(_ tree: LiveTree, of session: SessionInfo) -> String {
        let rows = tree.snapshotRows()
        var json = JSONFieldWriter()
        json.object { json in
            json.member("state", 1)
            json.object("session") { $0.members(of: session) }
            json.member("seq", tree.seq)
            json.member("t", tree.now)
            json.object("totals") { json in
                let totals = tree.totals
                json.member("live", totals.live)
                json.member("held", totals.held)
                json.member("quarantined", totals.quarantined)
                json.member("started", totals.started)
                json.member("succeeded", totals.succeeded)
                json.member("failed", totals.failed)
                json.member("cancelled", totals.cancelled)
                json.member("abandoned", totals.abandoned)
                json.member("leaked", totals.leaked)
            }
            json.array("tasks", rows.filter { $0.kind == .snapshotTask }) { json, row in
                json.object { json in
                    row.visit(&json)
                    guard case .snapshotTask(let row) = row else { return }
                    let slot = tree.slot(of: row.started.task)
                    guard slot >= 0 else { return }
                    json.member("path", tree.path(slot))
                    json.member("live", tree.live(slot))
                    json.member("held", tree.held(slot))
                }
            }
            json.array("resources", rows.filter { $0.kind == .snapshotResource }) { json, row in
                json.object { row.visit(&$0) }
            }
        }
        return String(decoding: json.out, as: UTF8.self)
    }

    /// What differs: `diff` (1, the version), `session`, `from`, `to`, `lost`; `started`, `ended`, `acquired` and
    /// `released`, rows as in a state with their `path`, and for what ended `outcome` and `error`; `passingTasks` and
    /// `passingResources`, how many came and went in between; `changed` and `changedResources`, each with `before` and
    /// `after`.
    public static func diff(
        _ changes: TreeDiff.Changes, from: Int64, to: Int64, of session: SessionInfo
    ) -> String {
        var json = JSONFieldWriter()
        json.object { json in
            json.member("diff", 1)
            json.object("session") { $0.members(of: session) }
            json.member("from", from)
            json.member("to", to)
            json.member("lost", changes.lost)
            json.array("started", changes.started) { $0.write($1) }
            json.array("ended", changes.ended) { $0.write($1) }
            json.member("passingTasks", changes.passingTasks)
            json.array("acquired", changes.acquired) { $0.write($1) }
            json.array("released", changes.released) { $0.write($1) }
            json.member("passingResources", changes.passingResources)
            json.array("changed", changes.changed) { json, change in
                json.change({ $0.write(change.before) }, { $0.write(change.after) })
            }
            json.array("changedResources", changes.changedResources) { json, change in
                json.change({ $0.write(change.before) }, { $0.write(change.after) })
            }
        }
        return String(decoding: json.out, as: UTF8.self)
    }
}

extension JSONFieldWriter {
    fileprivate mutating func change(
        _ before: (inout JSONFieldWriter) -> Void, _ after: (inout JSONFieldWriter) -> Void
    ) {
        object { json in
            json.key("before")
            before(&json)
            json.key("after")
            after(&json)
        }
    }

    fileprivate mutating func write(_ task: TreeDiff.Task) {
        object { json in
            var task = task
            task.row.visit(&json)
            json.member("path", task.path)
            json.word("outcome", &task.outcome)
            json.failure("error", &task.error)
        }
    }

    fileprivate mutating func write(_ resource: TreeDiff.Resource) {
        object { json in
            var resource = resource
            resource.row.visit(&json)
            json.member("path", resource.path)
            json.word("outcome", &resource.outcome)
        }
    }
}
