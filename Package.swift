// swift-tools-version: 6.2
import PackageDescription

/// Settings every target shares: Swift 6 language mode comes with the tools version, upcoming features are on.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// What carries every message looks in debug builds alone, and so in all tests, that accesses to one variable don't overlap: in a
/// release that costs a third of the time that delivering a message from a stream takes.
let fastSettings = settings + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
    name: "launchpad",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "launchpad", targets: ["launchpad"]),
        .library(name: "NATSClient", targets: ["NATSClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    ],
    targets: [
        // Guide → ops files → proofs → site. Each target knows only what stands above it.
        .systemLibrary(
            name: "CCmark",
            pkgConfig: "libcmark",
            providers: [.apt(["libcmark-dev"]), .brew(["cmark"])]
        ),
        .target(name: "CMarkup", dependencies: ["CCmark"]),
        .target(
            name: "Guides",
            dependencies: ["CCmark", "CMarkup", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings
        ),
        .target(
            name: "Tangling",
            dependencies: [
                "Guides", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CWorkbench"),
        .target(
            name: "Proving",
            dependencies: [
                "CWorkbench", "Guides", "Tangling",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Auditing",
            dependencies: ["Guides", "Tangling", "Proving"],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "Adopting",
            dependencies: ["Guides", "Tangling", "Proving"],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "LanguageServer",
            dependencies: ["Guides", "Tangling", "Proving"],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "Publishing",
            dependencies: [
                "Guides", "Tangling", "Proving",
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("Theme")],
            swiftSettings: settings
        ),
        .target(
            name: "Compose",
            dependencies: [
                "CWorkbench", "Guides", "Tangling", "Proving",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["README.md"],
            resources: [
                .embedInCode("Images/images.yml"), .embedInCode("StandIns"), .embedInCode("Docker/take-down.sh"),
            ],
            swiftSettings: settings
        ),

        // The broker and its client.
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .target(name: "CLinkage"),
        .target(name: "GoFormats", swiftSettings: settings),
        .target(
            name: "NATSWire",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .target(name: "NATSSubjects", swiftSettings: settings),
        .target(
            name: "NATSConfig",
            dependencies: ["GoFormats", "NATSSubjects", .product(name: "Crypto", package: "swift-crypto")],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "NATSAccounts",
            dependencies: ["CLinkage", "NATSWire", "NATSSubjects", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings
        ),
        .target(
            name: "JetStream",
            dependencies: [
                "GoFormats", "NATSWire", "NATSSubjects",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"],
            swiftSettings: fastSettings
        ),
        .target(
            name: "NATSBroker",
            dependencies: [
                "CZlib", "GoFormats", "NATSWire", "NATSSubjects", "NATSConfig", "NATSAccounts", "JetStream",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            exclude: ["README.md"],
            swiftSettings: fastSettings
        ),
        .target(
            name: "NATSClient",
            dependencies: [
                "NATSWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .target(
            name: "NATSCommands",
            dependencies: [
                "GoFormats", "NATSAccounts", "NATSClient", "NATSSubjects", "NATSWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("Resources/error-codes.tsv"), .embedInCode("Resources/cheats.txt")],
            swiftSettings: settings
        ),

        // One binary: launchpad, nats-server, nats and docker, told apart by the name it is started under.
        .executableTarget(
            name: "launchpad",
            dependencies: [
                "CLinkage", "Guides", "Tangling", "Proving", "Compose", "Auditing", "Adopting", "LanguageServer",
                "Publishing", "GoFormats", "NATSConfig", "NATSBroker", "NATSCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),

        // Tests: one target a module, and the whole through the built executable.
        .target(
            name: "TestSupport",
            dependencies: [
                .product(name: "SystemPackage", package: "swift-system")
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
    ]
        + [
            "Guides", "Tangling", "Compose", "Auditing", "Adopting", "LanguageServer", "Publishing", "NATSWire",
            "NATSSubjects", "NATSConfig",
            "NATSAccounts",
            "JetStream", "NATSClient", "NATSCommands",
        ].map { module in
            .testTarget(
                name: "\(module)Tests",
                // The tests of the client and the commands start the built executable as a broker.
                dependencies: [
                    .byName(name: module), "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
                ] + (["NATSClient", "NATSCommands"].contains(module) ? ["launchpad"] : []),
                resources: [.copy("Fixtures")],
                swiftSettings: settings
            )
        } + [
            // Signals and exit statuses need the broker in a process of its own.
            .testTarget(
                name: "NATSBrokerTests",
                dependencies: ["NATSBroker", "launchpad", "TestSupport"],
                resources: [.copy("Fixtures")],
                swiftSettings: settings
            ),
            // Workbenches run the built executable as their agent.
            .testTarget(
                name: "ProvingTests",
                dependencies: [
                    "Proving", "launchpad", "TestSupport",
                    .product(name: "SystemPackage", package: "swift-system"),
                ],
                resources: [.copy("Fixtures")],
                swiftSettings: settings
            ),
            .testTarget(
                name: "EndToEndTests",
                dependencies: ["launchpad", "Proving", "TestSupport"],
                resources: [.copy("Fixtures")],
                swiftSettings: settings
            ),
        ]
)
