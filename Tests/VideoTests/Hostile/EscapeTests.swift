import Foundation
import Testing

@testable import Video

/// Clips that would have other files read, or the network: each is refused, and nothing but it is opened.
@Suite struct EscapeTests {
  private static let secret = "the secret that no message holds"

  /// A folder of secrets, and the escapes beside them.
  private func folder() throws -> (Scratch, paths: [String]) {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("secret.mp4"), ticks: [1, 1, 1])
    for name in ["secret1.png", "c08001.png"] {
      try writePNG(Picture(width: 32, height: 32, fill: (200, 100, 50)), to: scratch.path(name))
    }
    try scratch.write(Self.secret.utf8, to: "secret.txt")
    try scratch.write(Self.secret.utf8, to: "b10.sub")
    try scratch.write("file secret.mp4\n".utf8, to: "list.txt")
    let paths = try Escape.all(in: scratch.folder.path).map { try scratch.write($0.bytes, to: $0.file) }
    return (scratch, paths)
  }

  @Test func areRefused() throws {
    let (scratch, paths) = try folder()
    #expect(paths.count >= 40)
    let names = Escape.names(in: scratch.folder.path)
    let (outcomes, code) = try Probe.read(paths + names, in: scratch.folder.path)
    #expect(code == 0)
    try #require(outcomes.count == paths.count + names.count)
    for outcome in outcomes {
      #expect(outcome.frames == 0, "\(outcome)")
      #expect(outcome.words?.hasPrefix("cannot ") == true, "\(outcome)")
      #expect(outcome.words?.contains(Self.secret) == false, "\(outcome)")
    }
  }

  /// That the folder's secret is readable is what makes the test above mean something.
  @Test func theSecretIsAClip() throws {
    let (scratch, _) = try folder()
    #expect(try Probe.read(["secret.mp4"], in: scratch.folder.path).outcomes.first?.frames == 3)
  }

  /// What the kernel saw: between the probe's marks nothing was opened but the clip itself.
  @Test(.enabled(if: SystemTrace.isThere, "strace is not here, or may not trace"))
  func openNothingElse() throws {
    let (scratch, paths) = try folder()
    let names = Escape.names(in: scratch.folder.path)
    let trace = scratch.path("trace")
    let (outcomes, _) = try Probe.read(
      paths + names + ["secret.mp4"], in: scratch.folder.path, tracer: SystemTrace.command(to: trace))
    #expect(outcomes.count == paths.count + names.count + 1)
    let calls = try SystemTrace(path: trace)
    #expect(calls.sockets == [])
    #expect(calls.opened.filter { !paths.contains($0) && !names.contains($0) && $0 != "secret.mp4" } == [])
    // The clips themselves were opened, so the trace did see what there is to see.
    #expect(Set(paths).isSubset(of: calls.opened))
  }
}
