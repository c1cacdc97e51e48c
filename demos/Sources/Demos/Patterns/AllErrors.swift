import Glibc
import TaskTree

extension Scenario {
    /// Error propagation: the first error, those that came after it, and what failed in the cleanup. None is dropped, and
    /// none stands for another.
    static let allErrors = Scenario(
        pattern: "all-errors", "a job fails, another fails on its way out, and a release fails: all three are told"
    ) { root, place in
        let jobs = try ["broken", "unlucky", "plain"].map { name in
            try root.spawn(name, kind: "job") { job in
                let file = try job.own("\(name).tmp", kind: "file", AppendFile(place.file("\(name).tmp"))) { file, _ in
                    file.close()
                }.value
                try file.append("begun")
                if name == "plain" {
                    try job.own("full disk", kind: "file", Descriptor.open("/dev/full", O_WRONLY)) { disk, _ in
                        defer { disk.close() }
                        // A write that fails at the very end is an error, too.
                        try disk.write("the last line", path: "/dev/full")
                    }
                }
                do {
                    try await job.sleep(for: name == "broken" ? place.step * 6 : .seconds(600))
                    throw JobFailed(name: name)
                } catch is TaskCancelled where name == "unlucky" {
                    throw CheckpointFailed(name: name, reason: "it had no time left")
                }
            }
        }
        for job in jobs { try await job.value }
        return "all jobs are done"
    }
}
