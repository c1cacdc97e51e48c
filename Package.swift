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


    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "TreeModel", swiftSettings: strict),
        .target(name: "EventBus", dependencies: ["TreeModel"], swiftSettings: strict),
        .target(name: "TaskTree", dependencies: ["TreeModel", "EventBus"], swiftSettings: strict),
        .testTarget(
            name: "TaskTreeTests", dependencies: ["TaskTree", "TaskTreeTesting", "TreeModel", "EventBus"],
            swiftSettings: strict),
        .target(
            name: "TaskTreeTesting", dependencies: ["TaskTree", "TreeModel", "EventBus"], swiftSettings: strict),
    ]
)
