import Testing

@testable import NATSWire
