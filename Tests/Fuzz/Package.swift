// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "treetop-fuzz",
    dependencies: [.package(name: "treetop", path: "../..")],
    targets: [
        .executableTarget(
            name: "fuzz", dependencies: [.product(name: "FuzzTargets", package: "treetop")],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    ]
)
