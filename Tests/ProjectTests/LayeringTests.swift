import Foundation
import Testing

/// The modules may import what the design allows them and nothing else, not even by way of another module.
@Suite struct LayeringTests {
    /// Each module of the project, where it is, and what it may import. What is not of the project is listed too.
    static let allowed: [(module: String, folder: String, imports: Set<String>)] = [
        ("TreeModel", "Sources/TreeModel", []),
        ("EventBus", "Sources/EventBus", ["TreeModel", "Glibc", "Synchronization"]),
        ("TaskTree", "Sources/TaskTree", ["TreeModel", "EventBus", "Glibc", "Synchronization"]),
        ("TaskTreeTesting", "Sources/TaskTreeTesting", ["TaskTree", "TreeModel", "EventBus", "Recording"]),
        (
            "Recording", "Sources/Recording",
            ["TreeModel", "EventBus", "CChecksum", "Glibc", "Synchronization", "FoundationEssentials"]
        ),
        ("Export", "Sources/Export", ["TreeModel", "EventBus", "Recording"]),
        ("Canvas", "Sources/Canvas", []),
        ("Dashboard", "Sources/Dashboard", ["TreeModel", "Canvas"]),
        ("Terminal", "Sources/Terminal", ["Canvas", "CNCurses", "CTerminal", "Glibc", "Synchronization"]),
        (
            "Demos", "demos/Sources/Demos",
            ["TaskTree", "Glibc", "Synchronization", "NIOCore", "NIOPosix", "NIOHTTP1"]
        ),
        ("pattern", "demos/Sources/Pattern", ["Demos", "TaskTree", "EventBus", "Glibc"]),
        (
            "treetop", "Sources/treetop",
            [
                "TreeModel", "EventBus", "TaskTree", "Recording", "Export", "Canvas", "Dashboard", "Terminal",
                "Demos", "ArgumentParser", "Yams", "Glibc", "Synchronization",
            ]
        ),
    ]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func sources(_ folder: String) throws -> [(name: String, text: String)] {
        let base = root.appending(path: folder)
        let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
        var found: [(String, String)] = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", !file.path.contains("/.build") else { continue }
            found.append((file.lastPathComponent, try String(contentsOf: file, encoding: .utf8)))
        }
        return found
    }

    private static func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard
                let match = line.firstMatch(
                    of: #/^\s*(?:@[\w()]+\s+|(?:public|private|internal)\s+)*import\s+(?:\w+\s+)?(\w+)/#)
            else { return nil }
            return String(match.1)
        }
    }

    @Test(arguments: allowed.map(\.module))
    func aModuleImportsWhatItMay(_ module: String) throws {
        let entry = try #require(Self.allowed.first { $0.module == module })
        let sources = try Self.sources(entry.folder)
        #expect(!sources.isEmpty)
        for source in sources {
            let forbidden = Set(Self.imports(source.text)).subtracting(entry.imports)
            #expect(forbidden.isEmpty, "\(entry.folder)/\(source.name) imports \(forbidden.sorted())")
        }
    }

    @Test func everySourceFolderIsListed() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        let listed = Set(Self.allowed.map { $0.folder.split(separator: "/").last.map(String.init) ?? "" })
        #expect(Set(folders).subtracting(listed) == ["CChecksum", "CNCurses", "CTerminal"])
    }

    /// A type with the name of its module breaks every qualified name in it.
    @Test(arguments: allowed.map(\.module))
    func noTypeHasTheNameOfItsModule(_ module: String) throws {
        let entry = try #require(Self.allowed.first { $0.module == module })
        let declaration = try Regex("(?m)^\\s*(?:\\w+\\s+)*(?:struct|class|enum|actor|protocol)\\s+\(module)\\b")
        for source in try Self.sources(entry.folder) {
            #expect(source.text.firstMatch(of: declaration) == nil, "\(source.name) declares \(module)")
        }
    }

    /// The check itself can fail: it sees through the ways to write an import.
    @Test func importsAreFoundHoweverTheyAreWritten() {
        let text = """
            import One
            @testable import Two
            public import Three
            import struct Four.Inner
            @_exported import Five
            // import NotThis
            """
        #expect(Self.imports(text) == ["One", "Two", "Three", "Four", "Five"])
    }

    @Test func nothingHereSpeaksOfWhereItWasMade() throws {
        for folder in ["Sources", "Tests", "demos"] {
            for source in try Self.sources(folder) where source.name != "LayeringTests.swift" {
                for word in ["/work/", "/root/", "/home/"] {
                    #expect(!source.text.contains(word), "\(folder)/…/\(source.name) has a machine's path: \(word)")
                }
            }
        }
    }
}
