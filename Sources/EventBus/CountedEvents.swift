import TreeModel

/// Hands on so many events at most.
package struct CountedEvents<S: EventSink>: EventSink {
    /// For the time of a call.
    private let sink: UnsafeMutablePointer<S>
    package private(set) var left: Int
    private var isEnough = false

    package init(sink: UnsafeMutablePointer<S>, left: Int) {
        self.sink = sink
        self.left = left
    }

    package var wantsMore: Bool { left > 0 && !isEnough }

    package var wantsRows: Bool {
        mutating get { sink.pointee.wantsRows }
    }

    package mutating func take(_ event: TreeEvent) -> Bool { note(sink.pointee.take(event)) }

    package mutating func take<F: FrequentFields>(_ fields: F, seq: UInt64, t: Int64) -> Bool {
        note(sink.pointee.take(fields, seq: seq, t: t))
    }

    private mutating func note(_ goesOn: Bool) -> Bool {
        left -= 1
        isEnough = !goesOn
        return wantsMore
    }
}
