import Canvas
import Dashboard
import Recording
import TreeModel

/// A replay of the dashboard as a recording of a terminal: asciicast, as asciinema and its players read it.
struct Cast {
    /// Versions of the format. 2 has times since the beginning, 3 since the line before.
    enum Version: Int { case two = 2, three }

    var version: Version
    var size: ScreenSize
    /// Frames in a second at most; one is written only if it differs.
    var rate: Int64
    /// When nothing has happened for this long, the next event follows at once. In nanoseconds.
    var idle: Int64
    var look: Look

    /// Writes all of a session, frame by frame as it is read. It is read twice: marks and density are of all of it.
    func write(_ session: SessionFile, to destination: Destination) throws {
        try destination.write(header(session))
        var film = try scan(session)
        let marks = film.marks
        var state = DashboardState(width: size.width, height: size.height)
        _ = state.update(.session(Sessions.status(session)))
        let theme = look.usesColour ? look.theme : .mono
        let step = max(1, 1_000_000_000 / rate)
        let reader = session.events()
        var next = try Sessions.readable { () throws(SessionError) in try reader.nextEvent() }
        var shown: CellGrid?
        var clock = Clock(version: version)
        var (t, last, mark) = (Int64(0), Int64(0), 0)
        while !destination.isClosed {
            // The film alone has the tree: it is not copied when it goes on.
            state.letGo()
            try Sessions.readable { () throws(SessionError) in
                while let event = next, event.t <= t || t == film.end {
                    film.fold(event)
                    last = event.t
                    next = try reader.nextEvent()
                }
            }
            _ = state.update(.replay(film.view(at: t)))
            state.prepare()
            var canvas = CellGrid(width: size.width, height: size.height, ascii: look.ascii)
            render(state, into: &canvas)
            let change = canvas.ansi(after: shown, theme: theme)
            shown = canvas
            while mark < marks.count, marks[mark].t <= t {
                try destination.write(clock.line("m", words(marks[mark])))
                mark += 1
            }
            if !change.isEmpty { try destination.write(clock.line("o", change)) }
            guard t < film.end else { break }
            let coming = next?.t ?? film.end
            let isIdle = t - last >= idle && coming > t + step
            t = min(isIdle ? coming : t + step, film.end)
            clock.now += step
        }
    }

    /// Reads all of a session once, and checks it.
    private func scan(_ session: SessionFile) throws -> Film {
        var film = Film()
        var check = Check()
        let summary = try Sessions.read(session) { event in
            film.scan(event)
            check.apply(event)
            return true
        }
        let verdict = check.verdict()
        let checked = Sessions.checked(verdict, summary)
        film.verdict = checked.line
        for violation in verdict.violations {
            guard let seq = violation.seqs.last, let name = checked.violations[seq] else { continue }
            film.note(violation: name, seq: seq, at: violation.t)
        }
        return film
    }

    private func header(_ session: SessionFile) -> [UInt8] {
        var json = JSONFieldWriter()
        json.object { json in
            json.key("version")
            json.number(version.rawValue)
            switch version {
            case .two:
                json.key("width")
                json.number(size.width)
                json.key("height")
                json.number(size.height)
            case .three:
                json.object("term") { term in
                    term.key("cols")
                    term.number(size.width)
                    term.key("rows")
                    term.number(size.height)
                    term.key("type")
                    term.string("xterm-256color")
                }
            }
            json.key("timestamp")
            json.number(session.session.startedUnixNanoseconds / 1_000_000_000)
            json.key("title")
            json.string("treetop \(session.session.name)")
        }
        return json.out + [0x0A]
    }

    private func words(_ mark: ReplayMark) -> String {
        switch mark.kind {
        case .failed: "failed: \(mark.name)"
        case .deadline: "deadline: \(mark.name)"
        case .waiting: "waits too long: \(mark.name)"
        case .cancel: "cancel: \(mark.name)"
        case .abandoned: "abandoned: \(mark.name)"
        case .shutdown: "shutdown"
        case .leaked: "leaked: \(mark.name)"
        case .gap: "events were lost"
        case .violated: "a promise is broken: \(mark.name)"
        }
    }

    /// The time of the recording, and its lines.
    private struct Clock {
        let version: Version
        var now: Int64 = 0
        private var last: Int64 = 0

        init(version: Version) { self.version = version }

        mutating func line(_ code: String, _ data: String) -> [UInt8] {
            let microseconds = (version == .two ? now : now - last) / 1_000
            last = now
            var json = JSONFieldWriter()
            json.raw("[")
            json.number(microseconds / 1_000_000)
            json.raw(".")
            json.out += String(microseconds % 1_000_000 + 1_000_000).dropFirst().utf8
            json.raw(",")
            json.string(code)
            json.raw(",")
            json.string(data)
            json.raw("]\n")
            return json.out
        }
    }
}
