// swift-tools-version: 6.2
// The manifest of the copy that is mutated: the engine with its tests, and nothing that they do not need.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
    name: "treetop",
    targets: [
        .target(name: "TreeModel", swiftSettings: strict),
        .target(name: "CChecksum"),
        .target(name: "EventBus", dependencies: ["TreeModel"], swiftSettings: strict),
        .target(name: "TaskTree", dependencies: ["TreeModel", "EventBus"], swiftSettings: strict),
        .target(
            name: "Recording", dependencies: ["TreeModel", "EventBus", "CChecksum"], exclude: ["FORMAT.md"],
            swiftSettings: strict),
        .target(
            name: "TaskTreeTesting", dependencies: ["TaskTree", "TreeModel", "EventBus", "Recording"],
            swiftSettings: strict),
        .target(name: "TestSupport", dependencies: ["TreeModel"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "EventBusTests", dependencies: ["EventBus", "TreeModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TaskTreeTests",
            dependencies: ["TaskTree", "TaskTreeTesting", "TreeModel", "EventBus", "Recording", "TestSupport"],
            swiftSettings: strict),
    ]
)
