import ArgumentParser

/// The value of an option that is written in a form of its own; who writes it otherwise is told the form.
protocol Formed {
    /// What is to be given in place of what was.
    static func form(insteadOf text: String) -> String
    init?(argument: String)
}

extension Formed {
    /// For an option's `transform`.
    static func read(_ text: String) throws -> Self {
        guard let value = Self(argument: text) else {
            throw ValidationError("give \(form(insteadOf: text))")
        }
        return value
    }
}
