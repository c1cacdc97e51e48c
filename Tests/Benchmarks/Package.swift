// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "treetop-benchmarks",
    dependencies: [
        .package(name: "treetop", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Time, memory, threads of their own and common events, for all.
        .target(
            name: "Measure",
            dependencies: [
                .product(name: "TreeModel", package: "treetop"),
                .product(name: "EventBus", package: "treetop"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "bench",
            dependencies: [
                "Measure",
                .product(name: "TaskTree", package: "treetop"),
                .product(name: "EventBus", package: "treetop"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "bench-screen",
            dependencies: [
                "Measure",
                .product(name: "Screen", package: "treetop"),
                .product(name: "TreeModel", package: "treetop"),
                .product(name: "EventBus", package: "treetop"),
                // The program itself is built with them, and stands beside them.
                .product(name: "treetop", package: "treetop"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "bench-session",
            dependencies: [
                "Measure",
                .product(name: "Recording", package: "treetop"),
                .product(name: "Screen", package: "treetop"),
                .product(name: "TaskTree", package: "treetop"),
                .product(name: "TreeModel", package: "treetop"),
                .product(name: "EventBus", package: "treetop"),
                // The program itself is built with them, and stands beside them.
                .product(name: "treetop", package: "treetop"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    ]
)
