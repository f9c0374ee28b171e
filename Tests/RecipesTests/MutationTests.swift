import Fields
import Foundation
import Testing

@testable import Recipes

/// A recipe damaged at random is read or refused, each problem with a place inside the text; it never crashes.
@Suite struct MutationTests {
  /// The generator of Steele, Lea and Flood (SplitMix64): the same seed gives the same damage.
  private struct Damage: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }
  }

  private let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "0", "-", "1e", ".", "null", "true", "NaN", "1e308",
    "9999999999999",
    "é", "\u{0}", "\n", "//", "\"data\"", "\"frames\"", "\"patch\"", "[]", "{}", "\"\"", "-1", "0.5",
  ]

  @Test(arguments: 0..<8)
  func neverCrashes(seed: Int) throws {
    var damage = Damage(state: UInt64(seed))
    let good = Array(try Recipe.parse(smallest, name: "r").resolvedJSON().utf8)
    var refused = 0
    for _ in 0..<750 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...3, using: &damage) {
        let start = Int.random(in: 0..<bytes.count, using: &damage)
        let end = min(bytes.count, start + Int.random(in: 0...6, using: &damage))
        switch Int.random(in: 0..<4, using: &damage) {
        case 0: bytes.replaceSubrange(start..<end, with: [])
        case 1: bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &damage)!.utf8)
        case 2:
          bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &damage))
        default: bytes[start] = UInt8.random(in: 0...255, using: &damage)
        }
      }
      let text = SourceText(name: "r", bytes: bytes)
      do {
        let recipe = try Recipe.read(text)
        #expect(try Recipe.parse(recipe.resolvedJSON(), name: "again") == recipe)
      } catch let errors as RecipeErrors {
        refused += 1
        #expect(!errors.problems.isEmpty)
        #expect(
          errors.problems.allSatisfy { ($0.line ?? 0) >= 1 && ($0.column ?? 0) >= 1 && !$0.message.isEmpty })
      }
    }
    #expect(refused > 100)
  }

  @Test func wildOverridesNeverCrash() {
    var damage = Damage(state: 99)
    let paths =
      Recipe.table(of: .textToVideo).leafPaths + [
        "data", "model", "objective.times", "", "x", "model.patch[1]", "notes.0",
      ]
    for _ in 0..<3000 {
      let overrides = (0..<2).map { _ in
        var path = Array(paths.randomElement(using: &damage)!)
        if Bool.random(using: &damage), !path.isEmpty {
          path[Int.random(in: path.indices, using: &damage)] = "a.[]0=\"".randomElement(using: &damage)!
        }
        return String(path) + "=" + (0..<2).map { _ in pieces.randomElement(using: &damage)! }.joined()
      }
      #expect(throws: Never.self) {
        do { _ = try Recipe.parse(smallest, name: "r", overrides: overrides) } catch is RecipeErrors {}
      }
    }
  }
}
