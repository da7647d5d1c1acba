import Testing

@testable import NATSAccounts
