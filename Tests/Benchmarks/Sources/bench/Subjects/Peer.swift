/// The sources of the programs beside which the engine is measured.
enum PeerSources {
    /// The directory `Peers` of this package.
    static var path: String { package + "/Peers" }

    private static var package: String {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        // Sources/bench/Subjects/Peer.swift
        parts.removeLast(4)
        return parts.joined(separator: "/")
    }
}
