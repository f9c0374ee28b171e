import Testing

@testable import Fields

@Suite struct SpellingTests {
  @Test(arguments: [
    ("", "", 0), ("steps", "steps", 0), ("stepz", "steps", 1), ("setps", "steps", 1), ("step", "steps", 1),
    ("ab", "ba", 1), ("widht", "width", 1), ("frames", "height", 6), ("a", "abcd", Int.max),
  ])
  func countsSlips(first: String, second: String, slips: Int) {
    #expect(Spelling.slips(from: first, to: second) == slips)
    #expect(Spelling.slips(from: second, to: first) == slips)
  }

  @Test func findsTheNearest() {
    let known = ["width", "depth", "heads"]
    #expect(Spelling.nearest(to: "Widht", among: known) == "width")
    #expect(Spelling.nearest(to: "head", among: known) == "heads")
    #expect(Spelling.nearest(to: "colour", among: known) == nil)
    #expect(Spelling.nearest(to: "xy", among: ["ab"]) == nil)
  }
}
