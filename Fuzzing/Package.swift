// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Launchpad builds it. `Sources/NATSWire` and its neighbours are links to
// Launchpad's own modules, which are compiled here once more, instrumented for the fuzzer: see README.md.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// `-enable-testing`: what is fuzzed is internal in part.
let instrumented: [SwiftSetting] = settings + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    targets: [
        // What is left out needs other packages, and is not what is fuzzed.
        .target(
            name: "NATSWire",
            exclude: ["Headers+Coding.swift", "ServerFrame.swift", "ServerFrameParser.swift"],
            swiftSettings: instrumented
        ),
        .target(name: "NATSSubjects", swiftSettings: instrumented),
        .target(name: "GoFormats", swiftSettings: instrumented),
        .target(
            name: "NATSConfig",
            dependencies: ["GoFormats", "NATSSubjects"],
            exclude: ["README.md", "ConfigDocument+Digest.swift", "ServerOptions+Loading.swift"],
            swiftSettings: instrumented
        ),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["CFuzzer", "NATSWire", "NATSSubjects", "NATSConfig"],
            swiftSettings: instrumented,
            // Gold, the default on Linux, does not get through the fuzzer's debug information.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"], .when(platforms: [.linux]))]
        ),
        .executableTarget(name: "natssoak"),
    ]
)
