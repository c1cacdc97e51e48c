import ArgumentParser
import Canvas
import Dashboard
import Glibc
import Terminal

/// How a command looks, in a terminal and out of it.
struct LookOptions: ParsableArguments {
    @Flag(help: "No colours (also when NO_COLOR is set).")
    var noColor = false

    @Flag(help: "Plain ASCII instead of line and block characters.")
    var ascii = false

    @Flag(help: "Leave the mouse to the terminal.")
    var noMouse = false

    @Option(help: "dark, light or mono; dark, unless the configuration says otherwise.")
    var theme: ThemeName?

    fileprivate var usesColour: Bool {
        guard !noColor else { return false }
        guard let value = getenv("NO_COLOR") else { return true }
        return value.pointee == 0
    }
}

/// How a screen looks and which keys it takes: what the options say, else the configuration.
struct Look {
    let usesColour: Bool
    let theme: Theme
    let ascii: Bool
    let usesMouse: Bool
    let keys: KeyMap

    /// - Throws: `Problem` if there is a configuration that says what cannot be.
    init(_ options: LookOptions) throws {
        let configuration = try Configuration.read()
        usesColour = options.usesColour
        theme = (options.theme ?? configuration.theme ?? .dark).theme
        ascii = options.ascii || configuration.ascii
        usesMouse = !options.noMouse
        keys = configuration.keys
    }

    var screen: ScreenOptions {
        var options = ScreenOptions()
        options.colour = usesColour
        options.theme = theme
        options.usesMouse = usesMouse
        return options
    }
}

enum ThemeName: String, ExpressibleByArgument, CaseIterable {
    case dark, light, mono
    var theme: Theme {
        switch self {
        case .dark: .dark
        case .light: .light
        case .mono: .mono
        }
    }
}

/// How events are printed without a dashboard.
enum EventFormat: String, ExpressibleByArgument, CaseIterable {
    case text, jsonl
}

/// What every command that runs a tree has in common.
struct LiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record to this file instead of one of the last 20 in the state directory.", valueName: "file"))
    var record: String?

    @Flag(help: "Keep no recording.")
    var noRecord = false

    @OptionGroup var kept: KeepOptions

    @OptionGroup var redacting: RedactOptions

    @Flag(help: "No dashboard: one line a change on standard output.")
    var headless = false

    @Option(help: "What those lines are: text or jsonl.")
    var format = EventFormat.text

    @Option(
        name: .customLong("for"), parsing: .unconditional,
        help: ArgumentHelp("Shut down after this time, \(TimeSpan.help).", valueName: "time"), transform: TimeSpan.read)
    var duration: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a cancelled task may take to return, \(TimeSpan.help).", valueName: "time"),
        transform: TimeSpan.read)
    var grace: TimeSpan?

    @OptionGroup var look: LookOptions

    func validate() throws {
        if record != nil, noRecord { throw ValidationError("--record and --no-record exclude each other: give one") }
        if kept.isGiven, noRecord {
            throw ValidationError("--no-record keeps nothing: leave it out, or --keep and --keep-on")
        }
    }
}
