import Canvas
import TreeModel

extension Outcome {
    /// How a task that ended so looks.
    var role: Role {
        switch self {
        case .succeeded: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        case .abandoned: .abandoned
        }
    }
}
