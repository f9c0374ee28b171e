import Commands
import Foundation
import Testing

struct MetricsLogTests {
  private let path = NSTemporaryDirectory() + "metrics-\(UUID().uuidString).jsonl"

  private func lines() throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func aRunThatGoesOnDropsWhatItsCheckpointDoesNotKnow() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let kept = [
      #"{"step":0,"weightChange":{"a":0}}"#, #"{"loss":1,"step":9}"#, #"{"changed":["a"],"step":9}"#,
      #"{"loss":1,"step":10}"#, #"{"heldOut":{"a":1},"step":10}"#,
    ]
    let dropped = [#"{"changed":["b"],"step":10}"#, #"{"loss":1,"step":11}"#, #"{"step":12,"lo"#]
    try (kept + dropped).joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    try MetricsLog(path: path, from: 10).add(step: 10, changed: ["c"])
    #expect(try lines() == kept + [#"{"changed":["c"],"step":10}"#])
  }

  /// Torn and foreign lines go, wherever they stand, and what is kept stays byte by byte.
  @Test func whatIsNoLineOfALogIsDropped() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
      {"loss":1,"step":1}
      {"loss":2,"st
      no JSON
      {"changed":["a note of \\"step\\": 99"],"step":2}
      {"loss":3}

      {"step":3,"heldOut":{"a \\"changed\\":":1}}
      {"step":7}
      {"step":4}
      {"step":5}
      """
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    _ = try MetricsLog(path: path, from: 5)
    #expect(
      try lines() == [
        #"{"loss":1,"step":1}"#, #"{"changed":["a note of \"step\": 99"],"step":2}"#,
        #"{"step":3,"heldOut":{"a \"changed\":":1}}"#, #"{"step":4}"#,
      ])
  }

  @Test func aRunThatBeginsHasAnEmptyLog() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try #"{"loss":1,"step":0}"#.write(toFile: path, atomically: false, encoding: .utf8)
    _ = try MetricsLog(path: path, from: 0)
    #expect(try lines().isEmpty)
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    #expect {
      try MetricsLog(path: "/nowhere/metrics.jsonl", from: 0)
    } throws: {
      "\($0)".hasPrefix(
        "Cannot write /nowhere/metrics.jsonl: No such file or directory; give an --output folder")
    }
  }
}
