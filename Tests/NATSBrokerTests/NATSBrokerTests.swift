import Testing

@testable import NATSBroker
