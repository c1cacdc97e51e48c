import ArgumentParser
import Recording

/// How a command reads sessions.
struct SessionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What is read of a damaged file: strict (nothing, exit code 2), prefix (what comes before the damage) or \
            salvage (all that is whole, a gap for the rest). Without it salvage; of JSON Lines a bad line is an error.
            """, valueName: "how"))
    var recover: Recovery?

    @OptionGroup private var redacting: RedactOptions

    /// What is blacked out; nil if nothing is.
    var redaction: Redaction? { redacting.redaction }

    /// What is still written has no damage yet.
    func refuseRecovery(whileFollowing follows: Bool) throws {
        if follows, recover != nil { throw ValidationError("--follow reads what is whole: leave out --recover") }
    }
}

/// What is blacked out in what a command reads, records or prints.
struct RedactOptions: ParsableArguments {
    @Option(
        name: .customLong("redact"),
        help: ArgumentHelp(
            "Put \(Redaction.mark) where this regular expression matches in a name, kind, label or message; may be repeated.",
            valueName: "regex"),
        transform: Pattern.init(text:))
    private var patterns: [Pattern] = []

    /// One that nobody else uses; nil if nothing is.
    var redaction: Redaction? { patterns.isEmpty ? nil : Redaction(patterns.map(\.regex)) }

    private struct Pattern {
        let regex: Regex<AnyRegexOutput>

        init(text: String) throws {
            do { regex = try Regex(text) } catch {
                throw ValidationError("\(text) is no regular expression: \(error)")
            }
            // An empty one, of a variable that is not set, would black out nothing and not say so.
            if "".wholeMatch(of: regex) != nil {
                throw ValidationError("it matches where there is no text, and would black out nothing there")
            }
        }
    }
}

extension Recovery: ExpressibleByArgument {}
