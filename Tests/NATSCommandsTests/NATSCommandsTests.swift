import Testing

@testable import NATSCommands
