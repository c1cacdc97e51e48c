import Canvas
import Dashboard
import TestSupport
import Testing
import TreeModel

@Suite("Whatever is shown, and how")
struct SameReachTests {
    private static let names = ["workers", "worker-3", "order-1017", "http", "bank", "auditor", "client", "conn-5"]

    /// What the screen says of a task, what a cancel of it would do, and what it asks for.
    private func reach(of name: String, in driver: Driver) -> (row: String, preview: [String], effects: [Effect]) {
        driver.press(.character("/"))
        driver.type(name)
        driver.press(.enter)
        // What it says is behind the name, which stands where the way to it is shown.
        let row = String(driver.cursorLine().dropFirst(24).prefix(26))
        driver.press(.character("x"))
        let lines = driver.screen().split(separator: "\n").map(String.init)
        let preview = lines.filter { line in
            ["--- CANCEL", " stops", " releases", " goes on"].contains { line.hasPrefix($0) }
        }
        driver.press(.character("y"))
        return (row, preview, driver.takeEffects())
    }

    @Test("sums and what a cancel reaches are the same", arguments: 0..<60 as Range<UInt64>)
    func areTheSame(seed: UInt64) {
        var generator = Seeded(seed)
        let story = OrdersStory()
        func live() -> Driver {
            let driver = Driver(width: 80, height: 24)
            driver.watch(story.events[..<story.halfMinute], until: 31.2)
            return driver
        }
        let name = Self.names.randomElement(using: &generator)!
        let wanted = reach(of: name, in: live())
        #expect(wanted.preview.count == (name == "conn-5" ? 0 : 4))
        let driver = live()
        let keys: [Key] = "sjjkhl-+*GgzZF".map { Key.character($0) } + [.pageDown, .enter]
        for _ in 0..<Int.random(in: 0...12, using: &generator) { driver.press(keys.randomElement(using: &generator)!) }
        while driver.screen().contains("Esc zoom out") { driver.press(.escape) }
        for _ in 0..<4 { driver.press(.character("Z")) }
        if Bool.random(using: &generator) {
            driver.press(.character("f"))
            driver.type(name)
            driver.press(.enter)
        }
        let found = reach(of: name, in: driver)
        #expect(found.row == wanted.row, "seed \(seed), \(name)")
        #expect(found.preview == wanted.preview, "seed \(seed), \(name)")
        #expect(found.effects == wanted.effects, "seed \(seed), \(name)")
    }
}
