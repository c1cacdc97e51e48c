import Foundation
import FuzzTargets
import TestSupport
import Testing

/// A short run of what `Tests/Fuzz` does for hours: the kept files and what was found once, as they are and changed in
/// ways that seeds say.
@Suite struct FuzzTests {
    private static func files(_ folder: URL) -> [[UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") && !$0.hasSuffix(".py") }
            .map { contents(folder.appending(path: $0).path) }
    }

    private static let found = files(FixtureTests.folder.appending(path: "../../Fuzz/Found"))
    private static let seeds = files(FixtureTests.folder).filter { $0.count < 20_000 }

    private func expectWell(_ target: FuzzTarget, _ input: [UInt8], _ scratch: ScratchFile, _ what: String) {
        if let problem = target.problem(with: input, scratch) { Issue.record("\(target): \(what): \(problem)") }
    }

    @Test(arguments: FuzzTarget.allCases)
    func whatWasFoundOnceStaysMended(_ target: FuzzTarget) {
        let scratch = ScratchFile()
        for (index, input) in (Self.found + Self.seeds).enumerated() {
            expectWell(target, input, scratch, "input \(index)")
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func whatSeedsChangeIsReadWithoutHarm(_ target: FuzzTarget) {
        let scratch = ScratchFile()
        let suited = Self.seeds.filter { ($0.first == UInt8(ascii: "{")) == (target == .lines) }
        #expect(suited.count >= 15)
        for seed in UInt64(1)...600 {
            // A trap ends everything: the number says which it was.
            if seed % 100 == 1 { print("FuzzTests: \(target), seeds from \(seed)") }
            var change = Mutation(random: Seeded(seed))
            expectWell(target, change.changed(suited, target), scratch, "seed \(seed)")
        }
    }
}

/// Changes an input as a seed says: bytes, lengths, pieces of another.
private struct Mutation {
    var random: Seeded

    mutating func changed(_ inputs: [[UInt8]], _ target: FuzzTarget) -> [UInt8] {
        var bytes = inputs.randomElement(using: &random)!
        for _ in 0..<Int.random(in: 1...8, using: &random) { change(&bytes, inputs) }
        if target == .query {
            let head = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.insert(contentsOf: head, at: 0)
        }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ inputs: [[UInt8]]) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x7B].randomElement(using: &random)!
        case 2: bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: 9) + [1], at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
        case 4: bytes.removeLast(bytes.count - place)
        case 5:
            let end = min(bytes.count, place + Int.random(in: 1...300, using: &random))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6:
            let other = inputs.randomElement(using: &random)!
            bytes = Array(bytes.prefix(place & ~7) + other.dropFirst(place & ~7))
        default:
            for index in place..<min(bytes.count, place + 8) {
                bytes[index] = UInt8.random(in: 0...255, using: &random)
            }
        }
    }
}
