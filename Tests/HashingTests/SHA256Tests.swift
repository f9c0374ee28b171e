import Testing

@testable import Hashing

/// Digests from FIPS 180-4's examples (NIST, "SHA256.pdf" and the long message of a million letters a).
@Test(
  arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
func digestsOfTheStandard(_ example: (text: String, digest: String)) {
  var hash = SHA256()
  Array(example.text.utf8).withUnsafeBytes { hash.update($0) }
  #expect(hash.finish() == example.digest)
}

@Test func digestDoesNotDependOnPieces() {
  let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  for length in 0...300 {
    let whole = bytes.prefix(length).withUnsafeBytes { SHA256.hex(of: $0) }
    for piece in [1, 7, 63, 64, 65, 128] {
      var hash = SHA256()
      for start in stride(from: 0, to: length, by: piece) {
        bytes[start..<min(start + piece, length)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.finish() == whole, "\(length) bytes in pieces of \(piece)")
    }
  }
}
