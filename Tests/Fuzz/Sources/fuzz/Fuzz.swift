import FuzzTargets
import Glibc

/// libFuzzer's own loop, which calls back with each input.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

@main
enum Fuzz {
    /// Set once, before the loop begins.
    nonisolated(unsafe) private static var target = FuzzTarget.session
    nonisolated(unsafe) private static var scratch = ScratchFile()

    static func main() {
        guard CommandLine.arguments.count > 1, let named = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")
            print("usage: fuzz \(names) [libFuzzer's options] [corpus]…")
            exit(64)
        }
        target = named
        var words = CommandLine.arguments
        words.remove(at: 1)
        let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { (arguments + index).initialize(to: strdup(word)) }
        (arguments + words.count).initialize(to: nil)
        var count = Int32(words.count)
        var pointer = arguments
        exit(
            runDriver(&count, &pointer) { bytes, count in
                let input = Array(UnsafeBufferPointer(start: bytes, count: count))
                if let problem = Fuzz.target.problem(with: input, Fuzz.scratch) { fatalError(problem) }
                return 0
            })
    }
}
