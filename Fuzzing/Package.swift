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
    products: [.library(name: "LockOrder", type: .dynamic, targets: ["LockOrder"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    ],
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
        // Pages have an executable of their own, since they need other packages, too.
        .systemLibrary(name: "CCmark", pkgConfig: "libcmark"),
        .target(name: "CMarkup", dependencies: ["CCmark"]),
        .target(name: "CWorkbench"),
        .target(name: "Crypto"),
        .target(
            name: "Guides",
            dependencies: ["CCmark", "CMarkup", .product(name: "Yams", package: "Yams")],
            swiftSettings: instrumented
        ),
        .target(
            name: "Tangling",
            dependencies: ["Crypto", "Guides", .product(name: "Yams", package: "Yams")],
            swiftSettings: instrumented
        ),
        .target(
            name: "Proving",
            dependencies: [
                "CWorkbench", "Crypto", "Guides", "Tangling",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: instrumented
        ),
        .target(
            name: "Publishing",
            dependencies: [
                "Crypto", "Guides", "Tangling", "Proving",
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            // The preview server.
            exclude: ["Serving"],
            resources: [.embedInCode("Theme")],
            swiftSettings: instrumented
        ),
        .executableTarget(
            name: "FuzzPages",
            dependencies: ["CFuzzer", "Guides", "Proving", "Publishing"],
            swiftSettings: instrumented,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"], .when(platforms: [.linux]))]
        ),
        .executableTarget(name: "natssoak"),
        .target(name: "LockOrder", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    ]
)
