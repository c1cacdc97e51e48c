import Canvas

/// What a key does where: one line of the one table that feeds the keys, the footer and the help.
public struct Binding: Sendable {
    /// The keys, the first of which the footer names.
    public internal(set) var keys: [Key]
    /// The keys as people read them.
    public internal(set) var name: String
    /// The word in the footer; empty keeps it out of there.
    public internal(set) var short: String
    /// The line in the help.
    public let help: String
    /// Where it works.
    public let contexts: Set<Context>
    let command: Command
    /// The name of what it does, in the palette and in a configuration: `cancel-now`.
    public var action: String { command.action }

    /// Where keys go.
    public enum Context: Hashable, Sendable, CaseIterable {
        case live, replay, detail, preview, cascade, search, quit, help
        /// One of the other views, of a live session or of a recorded one.
        case cascades, resources, events, timeline, logs, liveView, replayView
        /// The past of a running program, from its pause on.
        case past
    }
}

/// What a key asks for.
enum Command: Hashable, Sendable {
    case up, down, pageUp, pageDown, first, last
    case fold, unfold, foldHere, unfoldHere, foldAll
    case detail, close, search, searchNext, searchPrevious, nextTrouble, pause
    case cancel, cancelNow, drain, restart
    case confirm, confirmNow, refuse, listAll
    case escalate, toBlocker, toHolder, order, watch
    case quit, force, leave, help, suspend, redraw, cascade, copyPath
    case steer(Steering)
    case view(Viewing)
    case tag, filter, zoom, zoomOut, sort, follow, palette

    /// The case's own name, in small letters with hyphens; of what steers, that of the steering.
    var action: String {
        switch self {
        case .steer(.tenth(let tenth)): return "tenth-\(tenth)"
        case .steer(let steering): return Self.hyphened("\(steering)")
        case .view(.show(let view)): return "view-" + Self.hyphened("\(view)")
        case .view(let viewing): return "view-" + Self.hyphened("\(viewing)")
        default: return Self.hyphened("\(self)")
        }
    }

    private static func hyphened(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }
}

/// What a key does to a replay.
enum Steering: Hashable, Sendable {
    case play, stepBack, stepOn, skipBack, skipOn, markBack, markOn, slower, faster, begin, finish, findCause
    case loop, skipIdle, compare
    case tenth(Int)
}

extension Binding {
    static func row(
        _ keys: [Key], _ name: String, _ short: String, _ help: String, _ contexts: Set<Context>, _ command: Command
    ) -> Binding {
        Binding(keys: keys, name: name, short: short, help: help, contexts: contexts, command: command)
    }

    private static let reading: Set<Context> = [.live, .replay, .past, .preview, .liveView, .replayView]
    private static let readingHelp = reading.union([.help])
    private static let firstAndLast: Set<Context> = [.live, .preview, .liveView, .help]
    private static let replays: Set<Context> = [.replay, .past, .replayView]
    private static let trees: Set<Context> = [.live, .replay, .past]

    /// Every key.
    public static let table: [Binding] = acting + replaying + moving + looking + views + general

    private static let acting: [Binding] = [
        row([.character("x")], "x", "cancel", "cancel it, after showing what that means", [.live, .liveView], .cancel),
        row([.character("X")], "X", "", "the same without grace", [.live], .cancelNow),
        row([.character("d")], "d", "drain", "drain it: nothing new, what runs may finish", [.live], .drain),
        row([.character("R")], "R", "", "start an ended task again, if allowed", [.live], .restart),
        row([.character(" ")], "Space", "", "tag it: cancel and drain then act on all", [.live], .tag),
        row([.character("y"), .enter], "y Enter", "yes", "do it", [.preview], .confirm),
        row([.character("X")], "X", "without grace", "do it without grace", [.preview], .confirmNow),
        row([.character("v")], "v", "list", "list all resources in the order of release", [.preview], .listAll),
        row([.character("n"), .escape], "n Esc", "leave", "leave everything as it is", [.preview], .refuse),
        row([.character("X")], "X", "end grace now", "abandon now what does not stop", [.cascade], .escalate),
        row([.character("b")], "b", "blocker", "go to what everybody waits for", [.cascade], .toBlocker),
        row([.character("B")], "B", "who holds it", "go to who holds what the blocker wants", [.cascade], .toHolder),
        row([.character("o")], "o", "full order", "the ends in their order, then the releases", [.cascade], .order),
        row([.character("r")], "r", "slow replay", "watch this cascade again, slowly", [.cascade], .watch),
        row([.escape], "Esc", "close", "close the pane; undo filter, zoom, tags", [.cascade, .detail], .close),
    ]

    private static let moving: [Binding] = [
        row([.up, .character("k")], "Up Down k j", "", "a row up or down", readingHelp, .up),
        row([.down, .character("j")], "Down", "", "", readingHelp, .down),
        row([.pageUp, .control("b")], "PgUp PgDn", "", "a page up or down", readingHelp, .pageUp),
        row([.pageDown, .control("f")], "PgDn", "", "", readingHelp, .pageDown),
        row([.character("g"), .home], "g G", "", "the first row, the last row", firstAndLast, .first),
        row([.character("g")], "g", "", "", replays, .first),
        row([.character("G"), .end], "G", "", "", firstAndLast, .last),
        row([.character("G")], "G", "", "", replays, .last),
        row([.character("h"), .left], "h Left", "", "fold, or go to the parent", [.live], .fold),
        row([.character("h")], "h", "", "", replays, .fold),
        row([.character("l"), .right], "l Right", "", "unfold, or go to the first child", [.live], .unfold),
        row([.character("l")], "l", "", "", replays, .unfold),
        row([.character("-")], "- +", "", "fold, unfold this subtree", trees, .foldHere),
        row([.character("+")], "+", "", "", trees, .unfoldHere),
        row([.character("*")], "*", "", "unfold everything below, or fold it again", trees, .foldAll),
    ]

    private static let looking: [Binding] = [
        row([.enter], "Enter", "detail", "show or hide what is known about the task", trees, .detail),
        row([.character("/")], "/", "find", "find a name, folded or not; Esc goes back", trees, .search),
        row([.character("n")], "n N", "", "the next one found, the one before", trees, .searchNext),
        row([.character("N")], "N", "", "", trees, .searchPrevious),
        row(
            [.character("!")], "!", "next trouble", "next failed, late, stuck, leaked or abandoned",
            trees.union([.liveView, .replayView]), .nextTrouble
        ),
        row([.character("f")], "f", "filter", "show only: name !failed held:socket label:k=v", trees, .filter),
        row([.character("z")], "z", "", "zoom to this subtree", trees, .zoom),
        row([.character("Z")], "Z", "", "zoom out again", trees, .zoomOut),
        row([.character("s")], "s", "", "sort siblings by age, state, children, held", trees, .sort),
        row([.character("F")], "F", "", "follow what happens, trouble first", [.live], .follow),
        row([.character("c")], "c", "", "the cascade of this task, else the last one", trees, .cascade),
        row([.character("Y")], "Y", "", "copy the path of this task to the clipboard", trees, .copyPath),
        row(
            [.character("p")], "p", "pause", "stand still, and go back; again: now",
            [.live, .past, .liveView, .replayView], .pause),
    ]

    private static let replaying: [Binding] =
        [
            row([.character(" ")], "Space", "play", "play or stand still", replays, .steer(.play)),
            row([.character(",")], ", .", "", "one event back, one on", replays, .steer(.stepBack)),
            row([.character(".")], ".", ", .|event", "", replays, .steer(.stepOn)),
            row([.left], "Left Right", "", "5 s back, 5 s on", replays, .steer(.skipBack)),
            row([.right], "Right", "Left Right|5s", "", replays, .steer(.skipOn)),
            row([.character("[")], "[ ]", "", "the mark before, the next mark", replays, .steer(.markBack)),
            row([.character("]")], "]", "[ ]|mark", "", replays, .steer(.markOn)),
            row([.character("{")], "{ }", "", "slower, faster: 0.1x to 1000x", replays, .steer(.slower)),
            row([.character("}")], "}", "{ }|speed", "", replays, .steer(.faster)),
            row([.home], "Home End", "", "the beginning, the end", replays, .steer(.begin)),
            row([.end], "End", "", "", replays, .steer(.finish)),
            row(
                [.character("u")], "u", "find cause", "go to what made this task end", [.replay, .past],
                .steer(.findCause)),
            row(
                [.character("=")], "=", "compare", "what changed from here to elsewhere", [.replay, .past],
                .steer(.compare)),
            row([.character("a")], "a", "loop", "loop: begins here; ends here; is over", replays, .steer(.loop)),
            row([.character("i")], "i", "", "pass over what is idle, or do not", replays, .steer(.skipIdle)),
        ]
        + (0...9).map { tenth in
            row(
                [.character(Character(String(tenth)))], "0 - 9", "", tenth == 0 ? "that tenth of the session" : "",
                replays, .steer(.tenth(tenth)))
        }

    private static let general: [Binding] = [
        row([.character("?"), .function(1)], "?", "keys", "all keys", trees.union([.liveView, .replayView]), .help),
        row([.character(":")], ":", "", "all commands, by name", trees.union([.liveView, .replayView]), .palette),
        row([.control("l")], "Ctrl-L", "", "paint the screen anew", Set(Context.allCases), .redraw),
        row([.control("z")], "Ctrl-Z", "", "suspend; fg comes back", Set(Context.allCases), .suspend),
        row([.character("y"), .enter], "y Enter", "shut down", "shut the program down", [.quit], .confirm),
        row([.character("q"), .control("c")], "q Ctrl-C", "at once", "cancel everything now", [.quit], .force),
        row([.character("n"), .escape], "n Esc", "go on", "go on", [.quit], .refuse),
        row([.character("q"), .escape, .character("?"), .enter, .control("c")], "Esc", "back", "", [.help], .close),
        row(
            [.character("q"), .control("c")], "q Ctrl-C", "shut down", "shut down; asks first",
            [.live, .past, .preview, .liveView],
            .quit),
        row(
            [.character("q"), .control("c")], "q Ctrl-C", "leave", "leave the replay", [.replay, .replayView], .leave),
    ]
}
