import Canvas

extension Binding {
    /// All views but the tree, of a live session or of a recorded one.
    static let viewing: Set<Context> = [.cascades, .resources, .events, .timeline, .logs]
    private static let anyView: Set<Context> = [.live, .replay, .past, .liveView, .replayView]

    /// The keys of the views.
    static let views: [Binding] =
        [
            row([.tab], "Tab", "view", "the next view, the one before", anyView, .view(.next)),
            row([.backTab], "Shift-Tab", "", "", anyView, .view(.previous)),
        ]
        + View.allCases.map { view in
            row(
                [.function(view.rawValue + 2)], "F2 - F7", "", view == .tree ? "a view by itself; the tree is F2" : "",
                anyView, .view(.show(view)))
        } + [
            row([.enter], "Enter", "report", "what the cancel under the cursor came to", [.cascades], .view(.open)),
            row(
                [.enter, .character("t")], "Enter t", "show in tree", "go to the task of this row in the tree",
                viewing.subtracting([.cascades]), .view(.toTask)),
            row([.character("t")], "t", "show in tree", "", [.cascades], .view(.toTask)),
            row([.character("/")], "/", "find", "find a line with this text; Esc goes back", viewing, .search),
            row([.character("n")], "n N", "", "the next one found, the one before", viewing, .searchNext),
            row([.character("N")], "N", "", "", viewing, .searchPrevious),
            row([.character("f")], "f", "filter", "show only lines with these words", viewing, .filter),
            row(
                [.character("s")], "s", "sort", "sort by age, kind, holder, state, start, end",
                [.resources, .timeline], .view(.sort)),
            row(
                [.character("F")], "F", "follow", "go on with the newest line", [.events, .logs],
                .view(.follow)),
            row(
                [.character("*")], "*", "only it", "lines of the task alone, or of all below it", [.logs],
                .view(.onlyTask)),
            row(
                [.character("c")], "c", "cascade", "fit the time to the cancel of this subtree", [.timeline],
                .view(.fit)),
            row([.character("+")], "+ -", "+ -|zoom", "half the time, twice the time", [.timeline], .view(.zoomIn)),
            row([.character("-")], "-", "", "", [.timeline], .view(.zoomOut)),
            row([.character("<")], "< >", "< >|move", "earlier, later", [.timeline], .view(.earlier)),
            row([.character(">")], ">", "", "", [.timeline], .view(.later)),
            row([.escape], "Esc", "back", "end what was found, the filter, the view", viewing, .close),
        ]
}
