// swift-tools-version: 6.2
import PackageDescription

/// Every target: the Swift 6 language mode, and no warnings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "treetop",
    products: [
        .library(name: "TaskTree", targets: ["TaskTree"]),
        .library(name: "TaskTreeTesting", targets: ["TaskTreeTesting"]),
        .library(name: "TreeModel", targets: ["TreeModel"]),
        .library(name: "EventBus", targets: ["EventBus"]),
        .library(name: "Recording", targets: ["Recording"]),
        .executable(name: "treetop", targets: ["treetop"]),
        // For the benchmarks, which are a package of their own.
        .library(name: "Screen", targets: ["Canvas", "Dashboard", "Terminal"]),
        // For the fuzzer, which is one too.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The libraries, bottom up. Tests/ProjectTests/LayeringTests.swift holds what each may import.
        .target(name: "TreeModel", swiftSettings: strict),
        .target(name: "EventBus", dependencies: ["TreeModel"], swiftSettings: strict),
        .target(name: "TaskTree", dependencies: ["TreeModel", "EventBus"], swiftSettings: strict),
        .target(
            name: "TaskTreeTesting", dependencies: ["TaskTree", "TreeModel", "EventBus", "Recording"],
            swiftSettings: strict),
        .target(name: "CChecksum"),
        .target(
            name: "Recording", dependencies: ["TreeModel", "EventBus", "CChecksum"], exclude: ["FORMAT.md"],
            swiftSettings: strict),
        .target(name: "Export", dependencies: ["TreeModel", "EventBus", "Recording"], swiftSettings: strict),

        // The screen.
        .target(name: "Canvas", swiftSettings: strict),
        .target(name: "Dashboard", dependencies: ["TreeModel", "Canvas"], swiftSettings: strict),
        .systemLibrary(name: "CNCurses"),
        .target(name: "CTerminal", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "Terminal", dependencies: ["Canvas", "CNCurses", "CTerminal"], swiftSettings: strict),

        // The program.
        .target(
            name: "Demos",
            dependencies: [
                "TaskTree",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "demos/Sources/Demos", swiftSettings: strict),
        .executableTarget(
            name: "treetop",
            dependencies: [
                "TreeModel", "EventBus", "TaskTree", "Recording", "Export", "Canvas", "Dashboard", "Terminal", "Demos",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "example", dependencies: ["TaskTree"], path: "demos/Sources/Example", swiftSettings: strict),
        .executableTarget(
            name: "pattern", dependencies: ["Demos", "TaskTree", "EventBus"], path: "demos/Sources/Pattern",
            swiftSettings: strict),

        // Tests.
        .target(name: "TestSupport", dependencies: ["TreeModel"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "FuzzTargets", dependencies: ["Recording", "EventBus", "TreeModel"], path: "Tests/Fuzz/Targets",
            swiftSettings: strict),
        .testTarget(name: "TreeModelTests", dependencies: ["TreeModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "EventBusTests", dependencies: ["EventBus", "TreeModel", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TaskTreeTests",
            dependencies: ["TaskTree", "TaskTreeTesting", "TreeModel", "EventBus", "Recording", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RecordingTests", dependencies: ["Recording", "EventBus", "TreeModel", "TestSupport", "FuzzTargets"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "ExportTests", dependencies: ["Export", "Recording", "EventBus", "TreeModel", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "CanvasTests", dependencies: ["Canvas"], swiftSettings: strict),
        .testTarget(
            name: "DashboardTests", dependencies: ["Dashboard", "Canvas", "TreeModel", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "Canvas", "CTerminal", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DemosTests",
            dependencies: [
                "Demos", "TaskTree", "TaskTreeTesting", "EventBus", "TreeModel", "Recording", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectTests",
            dependencies: [
                "treetop", "example", "pattern", "Dashboard", "Canvas", "Recording", "TreeModel", "Terminal",
                "TestSupport",
            ],
            swiftSettings: strict),
    ]
)
