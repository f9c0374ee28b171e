import Evaluation
import Testing

@testable import Features

struct SearchTests {
  private let set = try! MadeUpFeatures.set([
    ("a", [1, 0]), ("a", [2, 0.2]), ("b", [0, 3]), ("b", [-1, 0.1]), (nil, [0, 0]), ("b", [0, 3]),
  ])

  /// By hand: cos of (1, 0) with (2, 0.2) is 2 / √4.04, with (−1, 0.1) −1 / √1.01; equally near ones keep their order.
  @Test func theNearestAreFoundByTheirAngle() {
    let found = NearestVectors(set).nearest(to: set, [0, 2], count: 6) { $0 == $1 }
    #expect(found[0].map(\.place) == [1, 2, 4, 5, 3])
    for (match, wanted) in zip(found[0], [0.995037, 0, 0, 0, -0.995037]) {
      #expect(abs(Double(match.similarity) - wanted) < 1e-6)
    }
    #expect(found[1].first == NearestVectors.Match(place: 5, similarity: 1))
    #expect(NearestVectors(set).nearest(to: set, [0], count: 2)[0].map(\.place) == [0, 1])
  }

  /// Clips 0 and 1 find each other. 2 and 5 find each other; 3 is nearest to 2 (0.0995), a clip of its class.
  @Test func recallCountsTheClassesOfTheNearest() throws {
    let all = try Retrieval(set)
    #expect(all.recall == Array(repeating: Proportion(right: 5, judged: 5), count: 3))
    #expect(all.unlabelled == 1 && all.alone == 0)
    let mixed = try Retrieval(
      MadeUpFeatures.set([
        ("a", [1, 0]), ("b", [1, 0.1]), ("a", [1, 0.25]), ("c", [0, 1]), ("b", [-1, 0]),
      ]))
    // 0: b a c b; 1: a; 2: b, a; 3: a, b, a …; 4: c, a, b.
    #expect(
      mixed.recall == [
        Proportion(right: 0, judged: 5), Proportion(right: 4, judged: 5), Proportion(right: 4, judged: 5),
      ])
    #expect(mixed.classes.map(\.name) == ["a", "b", "c"] && mixed.classes[2].recall[2].right == 0)
    #expect(mixed.alone == 1)
  }

  @Test func aGalleryOfItsOwnIsSearchedWhole() throws {
    let gallery = try MadeUpFeatures.set(
      [("b", [1, 0]), (nil, [1, 0.01]), ("a", [1, 0.02])], list: "other")
    let found = try Retrieval(MadeUpFeatures.set([("a", [1, 0.03]), ("b", [1, 0.03])]), gallery: gallery)
    #expect(found.recall.map(\.right) == [1, 2, 2] && found.unlabelled == 1)
  }

  @Test func withoutLabelsNothingIsRight() throws {
    let plain = try MadeUpFeatures.set([(nil, [1, 0]), (nil, [0, 1])], list: "plain")
    #expect(words { try Retrieval(plain) }.contains("No clip of plain.h5 has a label"))
    #expect(words { try Retrieval(set, gallery: plain) }.contains("No clip of plain.h5 has a label"))
    let other = try FeatureSet([
      ("o.h5", MadeUpFeatures.vectors([("a", [1, 0])], identity: MadeUpFeatures.identity(block: 1)))
    ])
    #expect(words { try Retrieval(set, gallery: other) }.contains("block 2 instead of 1"))
  }
}
