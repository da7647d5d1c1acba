import Foundation
import NATSWire
import Testing

@testable import NATSClient

/// The seeds are those of the bytes from 0 to 31: nobody's.
@Suite("NKeys")
struct NKeySeedTests {
    private let seed = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"

    @Test("a seed has its public key, and signs what the server sends")
    func signs() throws {
        let key = try NKeySeed(seed)
        #expect(key.publicKey == "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK")
        #expect(
            Base64.encoded(key.signature(of: "nonce"), alphabet: .url)
                == "-HTq4d6DDHVNb8MsTRAZtSIa0vXA_yuZblwTA7JT5wYzmKBxJ2wpYfjHh7hcptZlidbVw_6ZLyubjm_yDk-OCQ"
        )
    }

    @Test("a seed is found in a decorated file as well as alone")
    func files() throws {
        let decorated = "-----BEGIN USER NKEY SEED-----\r\n\(seed)\r\n------END USER NKEY SEED------\n"
        #expect(try NKeySeed(in: decorated, of: "user.creds") == NKeySeed(seed))
        #expect(try NKeySeed(in: "\(seed)\n", of: "user.nk") == NKeySeed(seed))
    }

    @Test("what is no user's seed is refused with the reason")
    func refusals() {
        let account = "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI"
        let cases = [
            (account, "nats: not a valid nkey user seed"),
            (seed.replacingOccurrences(of: "A", with: "B"), "nkeys: invalid encoded key"),
            ("SU", "nkeys: invalid encoded key"),
        ]
        for (text, reason) in cases {
            #expect(throws: NATSError(.badCredentials, reason)) { try NKeySeed(text) }
        }
        #expect(throws: NATSError(.badCredentials, "nats: no nkey user seed found in \"x.nk\"")) {
            try NKeySeed(in: "nothing", of: "x.nk")
        }
    }
}
