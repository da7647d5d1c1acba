import Foundation
import Guides
import Testing

@testable import Compose

/// The folder `name` of the fixtures.
func fixture(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)").path
}

/// A loader for the files of a folder of the fixtures.
func loader(_ folder: String, environment: [String: String] = ["HOME": "/home/reader"]) throws -> ComposeLoader {
    ComposeLoader(workingDirectory: try fixture(folder), environment: environment)
}
