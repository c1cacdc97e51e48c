import Canvas
import Testing

@Suite struct KeyNameTests {
    @Test func aKeyIsFoundByTheNameItHas() {
        let keys: [Key] =
            [
                .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backTab, .backspace,
                .delete, .insert, .function(1), .function(12), .control("c"), .control(" "), .alt("x"), .alt("X"),
                .character(" "), .character("x"), .character("X"), .character("-"), .character("ä"), .character("日"),
            ]
        for key in keys { #expect(Key(name: key.name) == key, "\(key)") }
    }

    @Test func aNameMayBeWrittenOtherwise() {
        #expect(Key(name: "PAGEUP") == .pageUp)
        #expect(Key(name: "escape") == .escape)
        #expect(Key(name: "ctrl-c") == .control("c"))
        #expect(Key(name: "f5") == .function(5))
    }

    @Test(arguments: ["", "xx", "F0", "F64", "Fx", "Ctrl-", "Ctrl-ab", "Alt-", "\n", "Hyper-x"])
    func otherTextIsNoKey(name: String) {
        #expect(Key(name: name) == nil)
    }
}
