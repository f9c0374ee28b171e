import Foundation
import Testing

/// What a program did.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String
}

/// The folder of the package.
let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// A folder that goes with the test. It holds a server's tree with a toolchain of one small script, the key that signed it
/// and one that did not, a folder of programs that come first in `PATH`, and the place to unpack at.
final class Scratch {
  let path = NSTemporaryDirectory() + "vfm-setup-" + UUID().uuidString.prefix(8)
  var server: String { path + "/server" }
  var place: String { path + "/place" }
  var toolchain: String { place + "/toolchain" }
  /// The archive on the server, and what says how to call the release on this machine.
  private(set) var archive = ""
  private(set) var key = ""
  private(set) var otherKey = ""

  /// - Parameter says: what the `swift` of the toolchain prints.
  init(says: String = "Swift version 6.3.1 (swift-6.3.1-RELEASE)") throws {
    for folder in ["bin", "place", "server/keys", "made/release/usr/bin"] {
      try FileManager.default.createDirectory(atPath: path + "/" + folder, withIntermediateDirectories: true)
    }
    try write("ID=debian\nVERSION_ID=\"12\"\n", to: "os-release")
    // An older Swift hides whichever the machine has.
    try program("bin/swift", "echo 'Swift version 6.2.4 (swift-6.2.4-RELEASE)'")
    try program("made/release/usr/bin/swift", "echo '\(says)'")
    let machine = try bash("uname -m").output.trimmingCharacters(in: .newlines)
    let system = machine == "aarch64" ? "debian12-aarch64" : "debian12"
    let folder = "\(server)/swift-6.3.1-release/\(system)/swift-6.3.1-RELEASE"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    archive = "\(folder)/swift-6.3.1-RELEASE-\(system).tar.gz"
    key = try makeKey("own")
    otherKey = try makeKey("other")
    try done("tar -C made -czf '\(archive)' release")
    try sign()
    try publishKeys("own", "other")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
  }

  /// Writes a shell script that can be run.
  func program(_ name: String, _ text: String) throws {
    try write("#!/bin/bash\n" + text + "\n", to: name)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
  }

  /// Makes a key for signing in a folder of its own. Its name is that of the folder; the answer is its fingerprint.
  /// - Parameter options: more options of gpg.
  func makeKey(_ name: String, options: String = "", lasting: String = "never") throws -> String {
    try done(
      """
      command -v gpg >/dev/null || { echo "gpg is needed to test; make setup installs it" >&2; exit 1; }
      mkdir -m 700 \(name)
      trap 'gpgconf --homedir \(name) --kill all' EXIT
      gpg --homedir \(name) --batch --quiet --passphrase '' \(options) \\
        --quick-generate-key \(name)@example.org ed25519 sign \(lasting)
      gpg --homedir \(name) --with-colons --list-keys 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }'
      """
    ).trimmingCharacters(in: .newlines)
  }

  /// Signs the archive as it is.
  func sign(with name: String = "own", options: String = "") throws {
    try done(
      """
      trap 'gpgconf --homedir \(name) --kill all' EXIT
      gpg --homedir \(name) --batch --quiet --yes \(options) --armor --detach-sign '\(archive)'
      mv '\(archive).asc' '\(archive).sig'
      """)
  }

  func publishKeys(_ names: String...) throws {
    try done(
      "for name in \(names.joined(separator: " ")); do gpg --homedir $name --quiet --armor --export; done > server/keys/all-keys.asc"
    )
  }

  /// Runs the script as on a machine whose Swift is too old. A variable that is "" is as good as not there.
  func setup(_ variables: [String: String] = [:]) throws -> Outcome {
    let usual = [
      "SWIFT_ORIGIN": "file://" + server, "SWIFT_KEY": key, "SWIFT_TOOLCHAIN": toolchain,
      "SWIFT_SKIP_PACKAGES": "1", "SWIFT_OS_RELEASE": path + "/os-release",
    ]
    return try run([packageFolder + "/.setup/swift"], usual.merging(variables) { $1 })
  }

  /// What lies where the toolchain is unpacked.
  func placed() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: place).sorted() }

  func bash(_ text: String) throws -> Outcome { try run(["bash", "-euo", "pipefail", "-c", text]) }

  @discardableResult
  func done(_ text: String) throws -> String {
    let outcome = try bash(text)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// Runs a program in this folder, with none of the variables that the tests themselves were given.
  func run(_ command: [String], _ variables: [String: String] = [:]) throws -> Outcome {
    let (own, process) = (ProcessInfo.processInfo.environment, Process())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.environment = [
      "PATH": path + "/bin:" + (own["PATH"] ?? "/usr/bin:/bin"), "HOME": path, "LC_ALL": "C",
    ]
    .merging(variables) { $1 }
    let base = path + "/" + UUID().uuidString
    for end in [".out", ".err"] { _ = FileManager.default.createFile(atPath: base + end, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: base + ".out")
    process.standardError = FileHandle(forWritingAtPath: base + ".err")
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    func text(_ end: String) throws -> String { try String(contentsOfFile: base + end, encoding: .utf8) }
    return Outcome(code: process.terminationStatus, output: try text(".out"), errors: try text(".err"))
  }
}
