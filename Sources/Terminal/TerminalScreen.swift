import CNCurses
import CTerminal
import Canvas
import Glibc

/// The terminal, taken over to show canvases and read keys, and always given back as it was found.
///
/// There is one at a time in a process, used by one thread; what other threads may do is in ``ScreenHandle``. While it
/// is up, a fatal signal (of a crash, a trap, `abort`, Ctrl-\) first gives the terminal back and then goes on as it
/// would have without the screen, with the same exit status. SIGINT, SIGTERM and SIGHUP are the program's: it calls
/// ``giveBack()`` before it ends.
public final class TerminalScreen {
    /// The columns.
    public internal(set) var width: Int
    /// The rows.
    public internal(set) var height: Int
    /// How many colours are used: 0, 8, 16, 256 or 16777216.
    public let colours: Int
    /// Whether characters beyond ASCII can be drawn. If not, draw on a canvas with `ascii`.
    public let isUnicode: Bool
    /// What other threads may do.
    public let handle = ScreenHandle()

    let options: ScreenOptions
    let type: TerminalType
    let palette: Palette
    let input: Int32
    let screen: OpaquePointer
    let window: UnsafeMutablePointer<WINDOW>
    /// A window that is never drawn: reading keys from it repaints nothing.
    let keys: UnsafeMutablePointer<WINDOW>
    /// What the terminal shows; nil: not known.
    var shown: CellGrid?
    var decoder = KeyDecoder()
    var hungUp = false
    /// How often in a row the terminal said that there was input and gave none.
    var barrenReads = 0
    /// More may be waiting inside ncurses than the descriptor shows.
    var mayHaveMore = false
    var scratch: [ct_cell] = []

    /// The press that a second one may follow, and when it was.
    var lastPress: (pointer: Pointer, time: Int64)?
    /// When the last bytes of a paste came that has not ended yet.
    var pasting: Int64?

    private let files: (input: UnsafeMutablePointer<FILE>, output: UnsafeMutablePointer<FILE>)

    /// The largest size that is drawn.
    static let largest = (width: 2000, height: 1000)

    /// Takes the terminal over.
    public init(options: ScreenOptions = ScreenOptions()) throws(TerminalError) {
        self.options = options
        let name = options.type ?? getenv("TERM").map { String(cString: $0) } ?? ""
        let device = try Device(options.device)
        isUnicode = ct_set_locale()
        do {
            try Self.take(device, options: options)
        } catch {
            device.close()
            throw error
        }
        do {
            type = try TerminalType(name: name, output: fileno(device.output))
        } catch {
            Self.abandon(device)
            throw error
        }
        ct_install_handlers()
        ct_keep_program_handlers()
        let made = newterm(name, device.output, device.input)
        ct_put_back_program_handlers()
        guard let made, let window = newwin(0, 0, 0, 0), let keys = newpad(1, 1) else {
            Self.abandon(device)
            throw .typeUnknown(name)
        }
        screen = made
        self.window = window
        self.keys = keys
        files = (device.input, device.output)
        input = fileno(device.input)
        let started = Colours.start(wanted: options.colour)
        colours = started.count
        palette = Palette(theme: options.theme, colours: started)
        (width, height) = (Int(getmaxx(window)), Int(getmaxy(window)))
        setModes()
        fitToTerminal()
        tellOfMouse(true)
        ct_drop_notices(Int32(CT_RESIZED | CT_STOP | CT_CONTINUED))
    }

    deinit {
        ct_give_back()
        delwin(keys)
        delwin(window)
        endwin()
        delscreen(screen)
        fclose(files.input)
        fclose(files.output)
        ct_release()
    }

    /// Gives the terminal back as it was found. See ``ScreenHandle/giveBack()``.
    public func giveBack() { handle.giveBack() }

    /// Ends the wait for input. See ``ScreenHandle/wake()``.
    public func wake() { handle.wake() }

    private func setModes() {
        if options.signalKeys { cbreak() } else { raw() }
        noecho()
        nonl()
        nodelay(keys, true)
        keypad(keys, true)
        // What the mouse sends is read by the decoder, in a form that ncurses may not know.
        define_key(nil, KEY_MOUSE)
        set_escdelay(25)
        typeahead(-1)
        curs_set(0)
        leaveok(window, true)
        ct_keep_modes()
    }

    private static func take(_ device: Device, options: ScreenOptions) throws(TerminalError) {
        ct_take_short_turns()
        guard ct_wake_descriptor() >= 0 else { throw .system(errno, "eventfd") }
        let capture = options.capturesErrors && isatty(STDERR_FILENO) == 1
        let status = ct_take(fileno(device.output), capture)
        guard status == 0 else { throw status == EBUSY ? .taken : .system(status, "dup") }
    }

    private static func abandon(_ device: Device) {
        ct_give_back()
        ct_release()
        device.close()
    }

    /// Takes over the terminal's present size, and whether it changed.
    @discardableResult
    func fitToTerminal() -> Bool {
        var (columns, rows) = (Int32(width), Int32(height))
        if ct_window_size(input, &columns, &rows) || ct_window_size(fileno(files.output), &columns, &rows) {
            columns = min(columns, Int32(Self.largest.width))
            rows = min(rows, Int32(Self.largest.height))
        }
        let changed = Int(columns) != width || Int(rows) != height
        if changed || shown == nil {
            resize_term(rows, columns)
            wresize(window, rows, columns)
            (width, height) = (Int(columns), Int(rows))
            redraw()
        }
        let bytes = type.restoreBytes(height: height)
        bytes.withUnsafeBytes { ct_set_restore_bytes($0.baseAddress, $0.count) }
        return changed
    }
}
