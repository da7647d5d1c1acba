import Testing

@testable import NATSConfig
