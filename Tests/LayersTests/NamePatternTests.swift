import Layers
import Testing

struct NamePatternTests {
  @Test(arguments: [
    ("text", ["text", "text.a", "text.a.b"], ["texts.a", "a.text", "tex"]),
    ("blocks.1", ["blocks.1.x"], ["blocks.10.x", "blocks"]),
    ("head.weight", ["head.weight"], ["head", "head.weights"]),
    (
      "transformer.blocks.*.attn1",
      [
        "transformer.blocks.3.attn1.to_q.weight", "transformer.blocks.3.inner.attn1.x",
        "transformer.blocks.12.attn1",
      ],
      ["transformer.blocks.3.attn10.to_q", "transformer.blocks.attn1.x", "transformer.blocks.3.attn2.to_q"]
    ),
    ("*", ["a", "a.b"], []),
    ("*.to_q", ["blocks.0.attn.to_q.weight", "x.to_q"], ["to_q.weight", "x.to_qk"]),
    ("a*", ["a", "ab.c", "a.b"], ["b.a"]),
    ("*.lora_B", ["x.lora_B.weight"], ["x.lora_A.weight"]),
    ("*a*b", ["cab", "xaxaxb.w", "aab.b"], ["ba", "xab1"]),
    ("", [""], ["a"]),
  ])
  func aPatternStandsForNamesAndTheirBeginnings(text: String, those: [String], others: [String]) {
    let pattern = NamePattern(text)
    for name in those { #expect(pattern.matches(name), "\(name)") }
    for name in others { #expect(!pattern.matches(name), "\(name)") }
    #expect(pattern.text == text)
  }

  /// Against a slow matcher that tries everything.
  @Test func starsAreTriedInEveryWay() {
    func slow(_ pattern: Substring, _ name: Substring) -> Bool {
      guard let first = pattern.first else { return name.isEmpty || name.first == "." }
      if first == "*" {
        return name.indices.contains { slow(pattern.dropFirst(), name[$0...]) }
          || slow(pattern.dropFirst(), "")
      }
      return name.first == first && slow(pattern.dropFirst(), name.dropFirst())
    }
    func words(_ letters: String, _ length: Int) -> [String] {
      length == 0 ? [""] : words(letters, length - 1).flatMap { word in letters.map { word + String($0) } }
    }
    for text in (1...4).flatMap({ words("ab*.", $0) }) {
      for name in (1...5).flatMap({ words("ab.", $0) }) {
        let matches = NamePattern(text).matches(name)
        if matches != slow(text[...], name[...]) { Issue.record("\(text) and \(name): \(matches)") }
      }
    }
  }
}
