import TaskTree

extension Scenario {
    /// A handle that was forgotten: whoever has a lease gives it back. One that is dropped, or that is still there when its
    /// task ends, is closed at once as a last line, and is said to have leaked.
    static let forgottenHandle = Scenario(
        pattern: "forgotten-handle", "one handle is given back, one is dropped, one is still there when its task ends"
    ) { root, place in
        let clerk = try root.spawn("clerk") { clerk in
            @Sendable func open(_ name: String) async throws -> Lease<AppendFile> {
                try await clerk.lease(name, kind: "file") {
                    try AppendFile(place.file(name))
                } release: { file, _ in
                    file.close()
                }
            }
            let careful = try await open("given-back.txt")
            try careful.value.append("done")
            try await clerk.sleep(for: place.step * 3)
            try await careful.release()

            do {
                let forgotten = try await open("dropped.txt")
                try forgotten.use { try $0.append("done") }
            }
            // Nobody has that handle any more.
            try await clerk.sleep(for: place.step * 3)

            let late = try await open("still-there.txt")
            try late.value.append("done")
            try await clerk.sleep(for: place.step * 3)
            return late
        }
        // The handle outlived its task; the file behind it did not.
        let late = try await clerk.value
        try await late.release()
        return "3 handles: one was given back, two leaked and were closed all the same"
    }
}
