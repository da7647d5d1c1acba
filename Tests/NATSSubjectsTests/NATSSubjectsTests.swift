import Testing

@testable import NATSSubjects
