import CNCurses
import CTerminal
import Canvas
import Glibc

extension TerminalScreen {
    /// As many inputs at most are returned at once, so that a pasted book does not hold up the screen.
    private static let mostInputs = 256
    private static let mostCodes = 16_384
    /// After as many reads without anything to read the terminal counts as gone: it would be asked without end.
    private static let mostBarrenReads = 100
    /// How long the rest of a key's sequence may take.
    private static let sequencePause: Int32 = 50
    /// How long the rest of a paste may take. It is not waited for in the way of a sequence: the screen goes on.
    private static let pastePause: Int64 = 2_000

    /// Waits for input, at most `timeoutMilliseconds` (nil: for ever, 0: not at all), and returns all there is, in
    /// order; nothing if the time passed.
    ///
    /// Stopping and continuing is done in here: a program that is told to stop leaves its terminal in order, and after
    /// it is continued this reports ``Input/resumed``.
    public func wait(timeoutMilliseconds: Int? = nil) -> [Input] {
        let deadline = timeoutMilliseconds.map { Self.now() + Int64(min(max($0, 0), 1 << 40)) }
        ct_trim_errors()
        while true {
            let rest = deadline.map { min(max($0 - Self.now(), 0), Int64(Int32.max)) } ?? -1
            let events = poll(milliseconds: mayHaveMore ? 0 : Int32(Self.sooner(rest, restOfPaste)))
            var inputs = takeNotices()
            if ct_take_wake() { inputs.append(.wake) }
            if mayHaveMore || events & Int16(POLLIN) != 0 { readKeys(into: &inputs) }
            if restOfPaste == 0 { give(decoder.flush(), to: &inputs) }
            if !hungUp, events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 || barrenReads > Self.mostBarrenReads {
                hungUp = true
                inputs.append(.hangup)
            }
            if !inputs.isEmpty || (rest == 0 && !mayHaveMore) { return inputs }
        }
    }

    /// Of two times to wait the one that passes first, the first of which may be -1, for ever.
    private static func sooner(_ rest: Int64, _ other: Int64?) -> Int64 {
        guard let other else { return rest }
        return rest < 0 ? other : min(rest, other)
    }

    /// Gives the terminal back, stops this process (and its job) until it is continued, and takes the terminal again.
    /// The next frame is painted in full. Where nobody could continue the process, it is not stopped.
    public func suspend() { suspend(group: true) }

    private func suspend(group: Bool) {
        guard ct_is_taken() else { return }
        tellOfMouse(false)
        endwin()
        ct_set_changed(false)
        ct_stop(group)
        ct_set_changed(true)
        ct_drop_notices(Int32(CT_STOP | CT_CONTINUED))
        resume()
    }

    /// After `endwin` the next update takes the terminal again; its size may have changed meanwhile.
    private func resume() {
        let last = shown
        redraw()
        fitToTerminal()
        present(last ?? CellGrid(width: width, height: height))
        tellOfMouse(true)
    }

    private func takeNotices() -> [Input] {
        let notices = ct_take_notices()
        guard notices != 0, ct_is_taken() else { return [] }
        let (oldWidth, oldHeight) = (width, height)
        var inputs: [Input] = []
        if notices & Int32(CT_STOP) != 0 {
            suspend(group: false)
            inputs.append(.resumed)
        } else if notices & Int32(CT_CONTINUED) != 0 {
            endwin()
            resume()
            inputs.append(.resumed)
        }
        fitToTerminal()
        if width != oldWidth || height != oldHeight { inputs.append(.resize(width: width, height: height)) }
        return inputs
    }

    private func readKeys(into inputs: inout [Input]) {
        guard !hungUp, ct_is_taken() else { return }
        let count = inputs.count
        var codes = 0
        mayHaveMore = false
        barrenReads += 1
        while inputs.count - count < Self.mostInputs, codes < Self.mostCodes {
            let code = wgetch(keys)
            if code != ERR {
                barrenReads = 0
                codes += 1
                give(decoder.feed(code), to: &inputs)
                continue
            }
            pasting = decoder.isPasting ? Self.now() : nil
            guard decoder.isWaiting, pasting == nil else { return }
            if !decoder.isBareEscape, inputMore() { continue }
            give(decoder.flush(), to: &inputs)
            return
        }
        mayHaveMore = true
    }

    /// How many milliseconds a paste has left to end; nil if there is none.
    private var restOfPaste: Int64? { pasting.map { max(0, $0 + Self.pastePause - Self.now()) } }

    private func give(_ found: [Input], to inputs: inout [Input]) {
        if !decoder.isPasting { pasting = nil }
        for input in found { add(input, to: &inputs) }
    }

    private func add(_ input: Input, to inputs: inout [Input]) {
        if case .pointer(let pointer) = input {
            inputs.append(.pointer(countPresses(pointer, at: Self.now())))
            return
        }
        guard input == .key(.control("z")), options.suspendsOnControlZ else {
            inputs.append(input)
            return
        }
        let (oldWidth, oldHeight) = (width, height)
        suspend()
        inputs.append(.resumed)
        if width != oldWidth || height != oldHeight { inputs.append(.resize(width: width, height: height)) }
    }

    /// Whether the rest of a sequence came.
    private func inputMore() -> Bool {
        var waited = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&waited, 1, Self.sequencePause) > 0 && waited.revents & Int16(POLLIN) != 0
            && waited.revents & Int16(POLLHUP) == 0
    }

    /// What happened at the terminal within the time.
    private func poll(milliseconds: Int32) -> Int16 {
        var waited = [
            pollfd(fd: ct_wake_descriptor(), events: Int16(POLLIN), revents: 0),
            pollfd(fd: hungUp || !ct_is_taken() ? -1 : input, events: Int16(POLLIN), revents: 0),
        ]
        return Glibc.poll(&waited, 2, milliseconds) > 0 ? waited[1].revents : 0
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
