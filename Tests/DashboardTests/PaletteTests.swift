import Canvas
import Dashboard
import Testing
import TreeModel

@Suite("Commands and their keys")
struct PaletteTests {
    private let story = OrdersStory()

    private func live(_ keys: KeyMap = KeyMap(), _ width: Int = 80, _ height: Int = 24) -> Driver {
        let driver = Driver(width: width, height: height, keys: keys)
        driver.watch(story.events[..<story.halfMinute], until: 31.2)
        return driver
    }

    @Test("the palette narrows as one types, and Enter does what is chosen")
    func runs() {
        let driver = live()
        driver.press(.character(":"))
        driver.expectLine("> x          cancel           cancel it, after showing what that means")
        driver.type("troub")
        driver.expectLine("> !          next-trouble")
        driver.press(.enter)
        #expect(driver.cursorLine().contains("waits lock"))
        driver.press(.character(":"))
        driver.type("drain")
        driver.press(.enter)
        driver.expectLine("DRAIN orders / workers / worker-3 / order-1017 / lock ?")
    }

    @Test("the palette lists what works here and nothing else; Esc does nothing")
    func listsWhatWorks() {
        let driver = live(KeyMap(), 120, 60)
        driver.press(.character(":"))
        driver.type("play")
        driver.expectLine("no command is named like this")
        driver.press(.enter)
        #expect(driver.takeEffects() == [])
        let replay = Scenes(width: 120, height: 60).replay()
        replay.press(.character(":"))
        replay.type("play")
        replay.expectLine("> Space      play             play or stand still")
        replay.press(.enter)
        #expect(replay.takeEffects() == [.replay(.play)])
        replay.press(.character(":"), .down, .escape)
        #expect(replay.takeEffects() == [])
        replay.expectNoLine("COMMANDS")
    }

    @Test("every command but the palette itself is in it, whatever its row in the table looks like")
    func listsAll() {
        let driver = live(KeyMap(), 120, 200)
        driver.press(.character(":"))
        let screen = driver.screen()
        for binding in Binding.table where binding.contexts.contains(.live) && binding.action != "palette" {
            #expect(screen.contains(" \(binding.action) "), "\(binding.action)")
        }
    }

    @Test("names that a configuration may use are there for good")
    func namesStay() {
        let names = Set(Binding.table.map(\.action))
        let promised: Set<String> = [
            "up", "down", "page-up", "page-down", "first", "last", "fold", "unfold", "fold-here", "unfold-here",
            "fold-all", "detail", "close", "search", "search-next", "search-previous", "next-trouble", "pause",
            "cancel", "cancel-now", "drain", "restart", "confirm", "confirm-now", "refuse", "list-all", "escalate",
            "to-blocker", "to-holder", "order", "quit", "force", "leave", "help", "suspend", "redraw", "cascade", "tag",
            "filter", "zoom", "zoom-out", "sort", "follow", "palette", "play", "step-back", "step-on", "skip-back",
            "skip-on", "mark-back", "mark-on", "slower", "faster", "begin", "finish", "find-cause", "tenth-0",
            "tenth-9",
        ]
        #expect(promised.subtracting(names).isEmpty)
    }

    @Test("a changed key does what it says, and the footer, the help and the cause name it")
    func changes() throws {
        let keys = try KeyMap([.init("cancel", [.character("K"), .function(8)]), .init("next-trouble", [.insert])])
        let driver = live(keys)
        driver.expectLine("Ins goes there.  K here shows what a cancel of orders")
        driver.expectLine("K cancel  ")
        driver.press(.character("x"))
        driver.expectNoLine("CANCEL orders")
        driver.press(.insert)
        #expect(driver.cursorLine().contains("waits lock"))
        driver.press(.function(8), .character("y"))
        #expect(driver.takeEffects().map { "\($0)" }.joined().contains("key K"))
        driver.press(.character("?"))
        driver.expectLine("  K F8        cancel it, after showing what that means")
    }

    @Test("a row that stands for two keys names the changed one")
    func renamesPairs() throws {
        let keys = try KeyMap([
            .init("unfold-here", [.character("&")]), .init("step-on", [.character("#")]),
        ])
        let help = live(keys, 80, 60)
        help.press(.character("?"))
        help.expectLine("  - &         fold, unfold this subtree")
        let replay = Driver(width: 120, height: 36, keys: keys)
        replay.send(.replay(Replay(events: story.events).view))
        replay.expectLine(", # event")
    }

    @Test("what an action keeps stays where it was")
    func keepsItsOwn() throws {
        // In a replay Home is the beginning.
        let keys = try KeyMap([.init("first", [.character("g"), .home, .character("^")])])
        let driver = Driver(width: 80, height: 24, keys: keys)
        driver.send(.replay(Replay(events: story.events).view))
        driver.press(.home, .character("^"))
        #expect(driver.takeEffects() == [.replay(.seekEvent(0))])
    }

    @Test(
        "what cannot be is said in words",
        arguments: [
            ("canel", [Key.character("K")], "there is no action canel"),
            ("zoo", [.character("K")], "there is no action zoo: is it zoom?"),
            ("filter", [.character("d")], "d is drain already: give drain another key, or filter"),
            ("step-on", [.character("G")], "G is last already in a replay: give last another key, or step-on"),
            ("quit", [], "quit has no key: give it one"),
        ])
    func refuses(action: String, keys: [Key], words: String) {
        let problem = #expect(throws: KeyMap.Problem.self) {
            try KeyMap([.init("help", [.character("?")]), .init(action, keys)])
        }
        #expect(problem?.change == 1)
        #expect(problem?.message.hasPrefix(words) == true, "\(problem?.message ?? "")")
    }

    @Test("two actions may change places")
    func swaps() throws {
        let keys = try KeyMap([.init("cancel", [.character("d")]), .init("drain", [.character("x")])])
        let driver = live(keys)
        driver.press(.character("x"))
        driver.expectLine("DRAIN orders ?")
        #expect(throws: KeyMap.Problem.self) {
            try KeyMap([.init("cancel", [.character("K")]), .init("drain", [.character("K")])])
        }
    }
}
