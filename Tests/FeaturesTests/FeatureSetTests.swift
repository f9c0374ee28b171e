import Testing

@testable import Features

struct FeatureSetTests {
  private typealias Made = MadeUpFeatures

  private func refusal(_ files: (String, ClipFeatures)...) -> String { words { try FeatureSet(files) } }

  @Test func filesAreOneSetInTheirOrder() throws {
    let set = try FeatureSet([
      ("a.h5", Made.vectors([("x", [1, 2])])),
      ("b.h5", Made.vectors([(nil, [3, 4]), ("y", [5, 6])], first: 1)),
    ])
    #expect(set.count == 3 && set.width == 2 && set.values == [1, 2, 3, 4, 5, 6])
    #expect(set.clips.map(\.name) == ["list/0.mp4", "list/1.mp4", "list/2.mp4"])
    #expect(set.clips.map(\.label) == ["x", nil, "y"] && Array(set.row(2)) == [5, 6])
  }

  @Test func whatCannotBeComparedIsRefused() {
    let one = Made.vectors([("x", [1, 2])])
    let wide = Made.vectors([("x", [1, 2, 3])], list: "other")
    #expect(refusal(("a.h5", one), ("b.h5", wide)).contains("vectors of 2 values instead of 3"))
    let block = Made.vectors([("x", [1, 2])], identity: Made.identity(block: 1), list: "other")
    let error = refusal(("a.h5", one), ("b.h5", block))
    #expect(error.contains("a.h5 and b.h5") && error.contains("block 2 instead of 1"), "\(error)")
    let weights = Made.vectors([("x", [1, 2])], identity: Made.identity(weights: "cd"), list: "other")
    #expect(refusal(("a.h5", one), ("b.h5", weights)).contains("weights abababababab instead of cd"))
    #expect(refusal(("a.h5", one), ("a.h5", one)).contains("which an earlier file holds, too"))
    #expect(refusal(("a.h5", Made.vectors([]))).contains("a.h5 holds no clips"))
    let tokens = ClipFeatures(
      identity: Made.identity(pool: .tokens), origin: Made.origin(), clips: one.clips, tokens: 2, width: 1,
      values: [1, 2])
    #expect(refusal(("t.h5", tokens)).contains("t.h5 holds all tokens of each clip"))
    #expect(refusal(("n.h5", Made.vectors([("x", [1, .nan])]))).contains("list/0.mp4 are not finite"))
  }

  @Test func shardsAreEqualRunsThatCoverAll() {
    for clips in [1, 7, 8, 100] {
      let runs = (1...8).map { FeatureShard(number: $0, count: 8)!.places(of: clips) }
      #expect(runs.flatMap { Array($0) } == Array(0..<clips))
      #expect(runs.map(\.count).max()! - runs.map(\.count).min()! <= 1)
    }
    #expect(FeatureShard("3/8") == FeatureShard(number: 3, count: 8))
    for text in ["0/8", "9/8", "3", "3/8/1", "a/b", "-1/2", ""] { #expect(FeatureShard(text) == nil) }
  }
}
