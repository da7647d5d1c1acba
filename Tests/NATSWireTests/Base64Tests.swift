import NATSWire
import Testing

@Suite("Base 64")
struct Base64Tests {
    @Test(
        "bytes are written in base 64",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func base64(text: String, encoded: String) {
        #expect(Base64.encoded(Array(text.utf8)) == encoded)
    }

    @Test("the alphabet of signatures has no padding and no slash")
    func url() {
        #expect(Base64.encoded([0xFB, 0xFF, 0xBF, 0x01], alphabet: .url) == "-_-_AQ")
        #expect(Base64.encoded([0xFB, 0xFF, 0xBF, 0x01]) == "+/+/AQ==")
    }

    @Test("how many bytes a text stands for can be told without decoding it")
    func counts() {
        #expect(Base64.decodedCount("dGhlIHNhbXBsZSBub25jZQ==") == 16)
        #expect(Base64.decodedCount("") == 0)
        #expect(Base64.decodedCount("abc") == nil)
        #expect(Base64.decodedCount("ab*=") == nil)
    }
}
