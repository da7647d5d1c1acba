import Testing

@testable import Proving
