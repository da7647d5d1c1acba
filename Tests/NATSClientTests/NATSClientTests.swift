import Testing

@testable import NATSClient
