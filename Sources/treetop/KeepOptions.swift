import ArgumentParser
import Recording

/// What a recording is to keep.
struct KeepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep only the last part of the recording: a time such as 5m, or a size such as 200MB; both may be given.",
            valueName: "limit"), transform: KeepLimit.read)
    var keep: [KeepLimit] = []

    @Option(
        help: ArgumentHelp(
            "Keep the recording only if this came up: failure, leak, abandoned, or cascade:2s for one that took longer; several with commas between.",
            valueName: "what"), transform: KeepOccasions.read)
    var keepOn: [KeepOccasions] = []

    var isGiven: Bool { !keep.isEmpty || !keepOn.isEmpty }

    var keeping: Keeping {
        var keeping = Keeping.everything
        for limit in keep {
            switch limit {
            case .time(let time): keeping.nanoseconds = min(keeping.nanoseconds ?? .max, time)
            case .bytes(let bytes): keeping.bytes = min(keeping.bytes ?? .max, bytes)
            }
        }
        keeping.occasions = keepOn.flatMap(\.occasions)
        return keeping
    }
}

/// How much is kept: `5m`, `200MB`.
enum KeepLimit: Formed {
    case time(Int64)
    case bytes(Int)

    /// Less is of no use: keyframes are an eighth of it apart.
    private static let shortest: Int64 = 1_000_000_000
    private static let fewest = 1_000_000

    static func form(insteadOf text: String) -> String {
        "a time of at least 1s, such as 5m, or a size of at least 1MB, such as 200MB"
    }

    init?(argument: String) {
        if let time = TimeSpan(argument: argument), time.nanoseconds >= Self.shortest {
            self = .time(time.nanoseconds)
        } else if let bytes = Self.bytes(argument), bytes >= Self.fewest {
            self = .bytes(bytes)
        } else {
            return nil
        }
    }

    private static func bytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        guard let first = digits.first, first != ".", let number = Double(digits) else { return nil }
        let factor: Double
        switch text.dropFirst(digits.count).uppercased() {
        case "MB", "M": factor = 1e6
        case "GB", "G": factor = 1e9
        case "TB", "T": factor = 1e12
        case "MIB": factor = 1_048_576
        case "GIB": factor = 1_073_741_824
        default: return nil
        }
        let bytes = number * factor
        return bytes < 1e18 ? Int(bytes) : nil
    }
}

/// What a recording is kept for: `failure,cascade:2s`.
struct KeepOccasions: Formed {
    let occasions: [Occasion]

    static func form(insteadOf text: String) -> String {
        "failure, leak, abandoned, cascade:2s, or several with commas between"
    }

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        let found = words.compactMap { Self.occasion($0) }
        guard found.count == words.count else { return nil }
        occasions = found
    }

    private static func occasion(_ word: Substring) -> Occasion? {
        switch word {
        case "failure": return .failure
        case "leak": return .leak
        case "abandoned": return .abandoned
        default:
            guard word.hasPrefix("cascade:"), let time = TimeSpan(argument: String(word.dropFirst(8))) else {
                return nil
            }
            return .cascade(over: time.nanoseconds)
        }
    }
}
