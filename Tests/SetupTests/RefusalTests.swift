import Foundation
import Testing

/// What `.setup/swift` fetches is refused if it is not what the one key signed, and nothing is left of it.
struct RefusalTests {
  private func expectRefusal(
    _ scratch: Scratch, _ words: String, _ variables: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try scratch.setup(variables)
    #expect(outcome.code == 1, sourceLocation: location)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: location)
    #expect(
      outcome.errors.contains("file://\(scratch.server)/"), "\(outcome.errors)", sourceLocation: location)
    #expect(outcome.errors.contains("SWIFT_ORIGIN"), "\(outcome.errors)", sourceLocation: location)
    #expect(try scratch.placed() == [], sourceLocation: location)
  }

  /// The first writes another system into the head of gzip, of which unpacking takes no notice: only the signature does.
  @Test(arguments: [
    "printf x | dd of=ARCHIVE bs=1 seek=9 conv=notrunc status=none", "truncate -s 100 ARCHIVE",
    "truncate -s 0 ARCHIVE", "echo more >> ARCHIVE",
  ])
  func damagedFiles(harm: String) throws {
    let scratch = try Scratch()
    try scratch.done(harm.replacingOccurrences(of: "ARCHIVE", with: "'\(scratch.archive)'"))
    try expectRefusal(
      scratch, "was refused: it is not what was signed: it is damaged, cut off or another file.")
  }

  @Test func filesThatAreMissing() throws {
    let scratch = try Scratch()
    for path in [scratch.archive, scratch.archive + ".sig", scratch.server + "/keys/all-keys.asc"] {
      try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
      try expectRefusal(scratch, "file://\(path) could not be fetched")
      try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
    }
  }

  @Test func signaturesByOtherKeys() throws {
    let scratch = try Scratch()
    try expectRefusal(
      scratch, "was signed by the key \(scratch.key) instead of 52BB7E3DE28A71BE22EC05FFEF80A866B47A981F",
      ["SWIFT_KEY": ""])
    try scratch.sign(with: "other")
    try expectRefusal(scratch, "was signed by the key \(scratch.otherKey) instead of \(scratch.key)")
    try scratch.publishKeys("own")
    try expectRefusal(
      scratch, "was signed by a key that file://\(scratch.server)/keys/all-keys.asc does not hold")
  }

  @Test func signaturesThatAreNone() throws {
    let scratch = try Scratch()
    try "no signature".write(toFile: scratch.archive + ".sig", atomically: true, encoding: .utf8)
    try expectRefusal(scratch, ".sig holds no signature that is good and in force")
  }

  @Test func aKeyThatWasCalledBack() throws {
    let scratch = try Scratch()
    // gpg puts a colon before the first line, so that nobody imports it by mistake.
    try scratch.done(
      "sed 's/^:---/---/' own/openpgp-revocs.d/*.rev | gpg --homedir own --batch --quiet --no-autostart --import"
    )
    try scratch.publishKeys("own")
    try expectRefusal(scratch, ".sig holds no signature that is good and in force")
  }

  @Test func aKeyThatHasRunOutSinceIsNoReason() throws {
    let scratch = try Scratch()
    let time = "--faked-system-time 20200101T000000"
    let key = try scratch.makeKey("old", options: time, lasting: "1y")
    try scratch.sign(with: "old", options: time)
    try scratch.publishKeys("old")
    let outcome = try scratch.setup(["SWIFT_KEY": key])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scratch.placed() == ["toolchain"])
  }

  @Test func aSumCanTakeThePlaceOfASignature() throws {
    let scratch = try Scratch()
    try FileManager.default.removeItem(atPath: scratch.archive + ".sig")
    try FileManager.default.removeItem(atPath: scratch.server + "/keys")
    let sum = try scratch.done("sha256sum '\(scratch.archive)'").prefix(64)
    let wrong = String(repeating: "0", count: 64)
    try expectRefusal(scratch, "its SHA-256 is \(sum), and SWIFT_SHA256 is \(wrong)", ["SWIFT_SHA256": wrong])
    let outcome = try scratch.setup(["SWIFT_SHA256": sum.uppercased()])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scratch.placed() == ["toolchain"])
  }

  @Test func whatWasSignedButIsNoSuchToolchain() throws {
    let old = try Scratch(says: "Swift version 6.1 (swift-6.1-RELEASE)")
    try expectRefusal(old, "its usr/bin/swift does not run as Swift 6.3 or later")
    let scratch = try Scratch()
    try "no archive".write(toFile: scratch.archive, atomically: true, encoding: .utf8)
    try scratch.sign()
    try expectRefusal(scratch, "it cannot be unpacked; tar says why above")
  }
}
