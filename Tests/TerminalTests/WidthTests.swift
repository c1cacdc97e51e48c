import CTerminal
import Canvas
import Glibc
import Testing

@Suite("The canvas and the C library agree on widths")
struct WidthTests {
    /// Where they do not, a character is replaced on its way to the terminal; so is one that the library does not know.
    @Test func theyAgreeOnWhatBothKnow() {
        #expect(ct_set_locale())
        var (known, different) = (0, 0)
        for value in UInt32(0x20)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var canvas = CellGrid(width: 4, height: 1)
            canvas.put(String(Character(scalar)), x: 0, y: 0)
            let cell = canvas[0, 0]
            guard cell.scalar == scalar, scalar != " " else { continue }
            let width = ct_width(value)
            guard width >= 0 else { continue }
            known += 1
            if width != Int32(cell.width) { different += 1 }
        }
        #expect(known > 140_000)
        #expect(different * 1000 < known, "\(different) of \(known)")
    }
}
