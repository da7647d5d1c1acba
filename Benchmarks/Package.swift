// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Launchpad builds it. It measures the built `launchpad` executable from
// outside, and libcmark and the real nats-server in the same run: see README.md.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(
            name: "CCmark",
            pkgConfig: "libcmark",
            providers: [.apt(["libcmark-dev"]), .brew(["cmark"])]
        ),
        .executableTarget(name: "GuideBenchmark", dependencies: ["CCmark"]),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]
        ),
        .executableTarget(name: "natsload", dependencies: ["COpenSSL"]),
        .executableTarget(name: "BrokerBenchmark"),
    ]
)
