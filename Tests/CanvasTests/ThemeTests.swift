import Canvas
import Glibc
import Testing

@Suite("Every role can be read")
struct ThemeTests {
    @Test(arguments: Theme.all)
    func theSelectedRowDiffersFromTheOthers(theme: Theme) {
        for role in Role.allCases where role != .selected {
            for colours in [0, 8, 16, 256, 1 << 24] {
                let plain = theme.style(for: role, colours: colours)
                #expect(
                    plain != theme.style(for: role, selected: true, colours: colours), "\(role), \(colours) colours")
            }
        }
    }

    @Test(arguments: Theme.all)
    func textStandsOutFromItsBackground(theme: Theme) {
        for role in Role.allCases {
            for selected in [false, true] {
                let style = theme.style(for: role, selected: selected)
                let ink = style.foreground ?? theme.foreground
                let paper = style.background ?? theme.background
                #expect(contrast(ink, paper) >= 3, "\(role), selected \(selected)")
            }
            let (many, few) = (theme.style(for: role, selected: true), theme.style(for: role, colours: 8))
            if let ink = many.foreground, let paper = many.background { #expect(ink.index256 != paper.index256) }
            if let ink = few.foreground, let paper = few.background {
                #expect(ink.index16 != paper.index16 && ink.index8 != paper.index8)
            }
        }
    }

    /// The contrast of two colours as the Web Content Accessibility Guidelines count it, 1 to 21.
    private func contrast(_ first: Ink, _ second: Ink) -> Double {
        func luminance(_ ink: Ink) -> Double {
            let parts = [16, 8, 0].map { shift in
                let part = Double(ink.rgb >> UInt32(shift) & 0xFF) / 255
                return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        let pair = [luminance(first), luminance(second)].sorted()
        return (pair[1] + 0.05) / (pair[0] + 0.05)
    }

    @Test func withoutColoursTheTroublesDifferFromPlainText() {
        let plain = Theme.mono.style(for: .normal)
        for role in [Role.failed, .overdue, .abandoned, .warning, .cancelling, .match, .waiting, .recording] {
            #expect(Theme.mono.style(for: role) != plain)
            #expect(Theme.mono.style(for: role).foreground == nil)
        }
    }

    @Test func keysHaveNames() {
        let keys: [Key] = [.character(" "), .character("x"), .pageUp, .function(1), .control("c"), .alt("x"), .backTab]
        #expect(keys.map(\.name) == ["Space", "x", "PgUp", "F1", "Ctrl-C", "Alt-x", "Shift-Tab"])
    }
}
