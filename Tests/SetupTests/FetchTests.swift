import Foundation
import Testing

/// `.setup/swift` fetches a toolchain, once, and only where one is missing.
struct FetchTests {
  @Test func fetchesAToolchainAndThenDoesNothing() throws {
    let scratch = try Scratch()
    let first = try scratch.setup()
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.output.contains("No Swift 6.3 or later was found. Swift 6.3.1 is fetched from file://"))
    #expect(first.output.contains("The download has "))
    #expect(first.output.contains("Swift 6.3.1 is in \(scratch.toolchain)."))
    let version = try scratch.run([scratch.toolchain + "/usr/bin/swift", "--version"])
    #expect(version.output == "Swift version 6.3.1 (swift-6.3.1-RELEASE)\n")
    #expect(try scratch.placed() == ["toolchain"])

    // Without the server, so that it could not fetch again.
    try FileManager.default.removeItem(atPath: scratch.server)
    let second = try scratch.setup()
    #expect(
      second.code == 0 && second.output == "" && second.errors == "", "\(second.output)\(second.errors)")
  }

  @Test(arguments: [
    ("Swift version 6.3 (swift-6.3-RELEASE)", true),
    ("Apple Swift version 6.3.2 (swiftlang-6.3.2)", true),
    ("swift-driver version: 1.148 Swift version 6.10-dev (LLVM 1, Swift 2)", true),
    ("Swift version 7.0 (swift-7.0-RELEASE)", true),
    ("Swift version 6.2.9 (swift-6.2.9-RELEASE)", false),
    ("Swift version 5.10 (swift-5.10-RELEASE)", false),
    ("python-swiftclient 6.4.0", false),
  ])
  func aSwiftOnThePathIsTakenIfItFits(says: String, fits: Bool) throws {
    let scratch = try Scratch()
    try scratch.program("bin/swift", "echo '\(says)'")
    let outcome = try scratch.setup()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty == fits, "\(outcome.output)")
    #expect(try scratch.placed() == (fits ? [] : ["toolchain"]))
  }

  @Test func whatAKilledOneLeftIsReplaced() throws {
    let scratch = try Scratch()
    try scratch.done(
      "mkdir -p place/toolchain.part/whole/usr/bin && echo half > place/toolchain.part/whole/usr/bin/swift")
    let outcome = try scratch.setup()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scratch.placed() == ["toolchain"])
    #expect(try scratch.run([scratch.toolchain + "/usr/bin/swift"]).code == 0)
  }

  @Test func aFolderThatIsNoToolchainIsLeftAlone() throws {
    let scratch = try Scratch()
    try scratch.done("mkdir place/toolchain && echo mine > place/toolchain/file")
    let outcome = try scratch.setup()
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.contains("toolchain is there, but it holds no Swift 6.3 or later. Remove it, then run"))
    #expect(try String(contentsOfFile: scratch.toolchain + "/file", encoding: .utf8) == "mine\n")
  }

  @Test func otherSystemsAreToldToInstallByHand() throws {
    let scratch = try Scratch()
    try scratch.write("ID=ubuntu\nVERSION_ID=\"24.04\"\n", to: "os-release")
    let outcome = try scratch.setup()
    #expect(outcome.code == 1 && outcome.output == "")
    #expect(
      outcome.errors.contains(
        "It is fetched on Debian 12 only, and this is ubuntu 24.04. Install it by hand: "))
    #expect(outcome.errors.contains("https://www.swift.org/install"))
  }

  @Test func aDiskWithoutRoomIsToldBeforehand() throws {
    let scratch = try Scratch()
    try scratch.program("bin/df", "printf 'Avail\\n10\\n'")
    let outcome = try scratch.setup()
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("place has 10B free, and "), "\(outcome.errors)")
    #expect(
      outcome.errors.contains("are needed for the download and what it holds. Make room, or name another"))
    #expect(try scratch.placed() == [])
  }

  /// None of the programs that would install anything is the real one.
  @Test func packagesAreInstalledThatAreMissing() throws {
    let scratch = try Scratch()
    try scratch.program("bin/dpkg-query", "[ \"${@: -1}\" = tzdata ] || echo 'install ok installed'")
    try scratch.program("bin/sudo", "\"$@\"")
    try scratch.program("bin/apt-get", "echo \"$@\" >> '\(scratch.path)/calls'")
    let outcome = try scratch.setup(["SWIFT_SKIP_PACKAGES": ""])
    #expect(outcome.code == 0 && outcome.output.contains("Installing tzdata."), "\(outcome)")
    let calls = try String(contentsOfFile: scratch.path + "/calls", encoding: .utf8)
    #expect(calls == "update -qq\ninstall -y -qq --no-install-recommends tzdata\n")
  }

  @Test func noPackagesAreAskedForWhenAllAreThere() throws {
    let scratch = try Scratch()
    try scratch.program("bin/dpkg-query", "echo 'install ok installed'")
    for name in ["sudo", "apt-get"] { try scratch.program("bin/\(name)", "exit 1") }
    let outcome = try scratch.setup(["SWIFT_SKIP_PACKAGES": ""])
    #expect(outcome.code == 0 && !outcome.output.contains("Installing"), "\(outcome)")
  }

  @Test func makeLooksForTheToolchainFirst() throws {
    let scratch = try Scratch()
    let outcome = try scratch.run(
      ["make", "-s", "-C", packageFolder, "--eval", "first-in-path: ; @echo \"$$PATH\"", "first-in-path"])
    #expect(outcome.output.hasPrefix(packageFolder + "/.toolchain/usr/bin:"), "\(outcome)")
  }
}
