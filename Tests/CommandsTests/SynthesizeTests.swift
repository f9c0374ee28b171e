import Foundation
import Testing

/// `vfm-data synthesize` with colours and shapes of one's own.
struct SynthesizeTests {
  private let folder = NSTemporaryDirectory() + "vfm-synthesize-" + UUID().uuidString

  private func synthesize(_ options: String...) throws -> CommandResult {
    try vfm(["vfm-data", "synthesize", folder, "--clips", "20", "--size", "16", "--frames", "2"] + options)
  }

  @Test func drawsWhatIsNamedAndSaysWhenNothingIsHeldOut() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try synthesize("--colours", "pink, cyan", "--shapes", "star")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("15 training, 1 validation and 4 test clips"))
    #expect(result.errors.contains("note: too few combinations of colour, shape and motion to hold any out"))
    #expect(try String(contentsOfFile: folder + "/test.jsonl", encoding: .utf8).contains("pink star"))
  }

  @Test func saysNothingWhereSomeAreHeldOut() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try synthesize("--colours", "cyan,pink")
    #expect(result.code == 0 && !result.errors.contains("note:"), "\(result.errors)")
  }

  @Test(arguments: [
    (
      ["--colours", "cyann"], 64,
      "--colours does not know \"cyann\"; did you mean cyan? Else name one or more of red,"
    ),
    (
      ["--shapes", "cyan"], 64, "--shapes does not know \"cyan\"; name one or more of circle,square,triangle,"
    ),
    (["--colours", ""], 64, "--colours is empty; name one or more of red,green,"),
    (["--shapes", "star,,ring"], 64, "--shapes star,,ring has an empty place; name one or more of circle,"),
    (["--level", "hard", "--colours", "cyan"], 73, "there is one colour; name two or more of red, green,"),
  ])
  func mistakesAreNamed(options: [String], code: Int32, words: String) throws {
    let result = try vfm(["vfm-data", "synthesize", folder, "--clips", "20"] + options)
    #expect(result.code == code && result.errors.contains(words), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder))
  }
}
