import Foundation

/// A directory for the files of one test, gone with all that is in it when nobody holds it any more.
package final class Scratch: Sendable {
    /// Where it is.
    package let path: String

    package init() {
        let folder = FileManager.default.temporaryDirectory.appending(path: "treetop-test-\(UUID().uuidString)")
        path = folder.path
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            fatalError("there is no room for the files of a test: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    package func path(_ name: String) -> String { "\(path)/\(name)" }
    package subscript(name: String) -> String { path(name) }
}
