import Glibc
import Measure

/// Runs another program and takes what it prints; what it says on its standard error is shown.
struct Command {
    let words: [String]

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter seconds: then it is ended, and has failed.
    func output(within seconds: Int = 600) throws(Failed) -> String {
        let line = (["timeout", "\(seconds)"] + words).map(Self.quoted).joined(separator: " ")
        guard let pipe = popen(line, "r") else { throw Failed(description: "no process is to be had") }
        var text = ""
        var buffer = [CChar](repeating: 0, count: 4096)
        while fgets(&buffer, Int32(buffer.count), pipe) != nil { text += Machine.text(buffer) }
        let status = pclose(pipe)
        guard status == 0 else {
            throw Failed(description: "\(words.joined(separator: " ")) ended with status \(status >> 8 & 0xff)")
        }
        return text
    }

    /// Whether it can be run, and ends well.
    var works: Bool {
        let line = words.map(Self.quoted).joined(separator: " ")
        return system("\(line) >/dev/null 2>&1") == 0
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
