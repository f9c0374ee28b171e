import Evaluation
import Tensors
import Testing

@testable import Features

struct LinearProbeTests {
  /// Clips of classes around centres, with noise of a deviation.
  private func clips(_ count: Int, noise: Double, seed: UInt64, list: String, width: Int = 4) throws
    -> FeatureSet
  {
    var stream = RandomStream(seed: seed, purpose: .check)
    return try MadeUpFeatures.set(
      (0..<count).map { clip in
        let label = clip % 3
        let values = (0..<width).map { i in
          Float((i == label ? 5 : 0) + noise * stream.gaussian() + (i == 3 ? 1000 : 0))
        }
        return (["jump", "run", "walk"][label], values)
      }, list: list)
  }

  @Test func classesThatLieApartAreToldApart() throws {
    let probe = try LinearProbe(clips(60, noise: 0.5, seed: 1, list: "train"))
    #expect(probe.classes == ["jump", "run", "walk"] && probe.trainingClips == 60)
    #expect(probe.tried.map(\.penalty) == LinearProbe.penalties && probe.penalty < 1)
    let test = try clips(30, noise: 0.5, seed: 2, list: "test")
    let (predictions, leftOut) = try probe.predictions(for: test)
    #expect(predictions.top(1) == Proportion(right: 30, judged: 30) && leftOut.isEmpty)
    #expect(probe.trainedOn(test) == 0)
    #expect(try probe.trainedOn(clips(6, noise: 0.5, seed: 1, list: "test")) == 6)
  }

  /// Chance is a third; strong penalties suit best where there is nothing to learn.
  @Test func withoutAnythingToLearnItGuesses() throws {
    func noise(_ count: Int, _ seed: UInt64, _ list: String) throws -> FeatureSet {
      var stream = RandomStream(seed: seed, purpose: .check)
      return try MadeUpFeatures.set(
        (0..<count).map { clip in
          (["jump", "run", "walk"][clip % 3], (0..<8).map { _ in Float(stream.gaussian()) })
        }, list: list)
    }
    let probe = try LinearProbe(noise(300, 3, "train"))
    #expect(probe.penalty >= 0.1)
    let predictions = try probe.predictions(for: noise(600, 4, "test")).predictions
    #expect(predictions.top(1).interval.contains(1.0 / 3), "\(predictions.top(1))")
    #expect(abs(predictions.crossEntropy! - 1.0986) < 0.05)
  }

  @Test func bitsDoNotDependOnThreads() throws {
    let (train, test) = (
      try clips(90, noise: 3, seed: 5, list: "train"), try clips(30, noise: 3, seed: 6, list: "test")
    )
    let found = try [1, 3].map { threads in
      try Parallel.withThreads(threads) {
        try LinearProbe(train).predictions(for: test).predictions.probabilities
      }
    }
    #expect(found[0] == found[1])
  }

  /// A value that never changes says nothing, however large it is, and its rounding neither.
  @Test func constantValuesAreLeftAside() throws {
    func set(_ values: [(Float, Float)], _ list: String) throws -> FeatureSet {
      try MadeUpFeatures.set(
        values.enumerated().map { (["a", "b"][$0.offset % 2], [$0.element.0, $0.element.1]) }, list: list)
    }
    let train = try set((0..<20).map { (Float($0 % 2), 7.3e5) }, "train")
    let test = try set([(0, -1e9), (1, 1e9)], "test")
    #expect(try LinearProbe(train).predictions(for: test).predictions.top(1).right == 2)
  }

  @Test func fewClipsHaveTheStandardPenalty() throws {
    let few = try MadeUpFeatures.set([("a", [0, 1]), ("b", [1, 0]), (nil, [1, 1])])
    let probe = try LinearProbe(few)
    #expect(probe.tried.isEmpty && probe.penalty == LinearProbe.standardPenalty && probe.unlabelled == 1)
  }

  @Test func whatDoesNotServeIsSaid() throws {
    #expect(words { try LinearProbe(MadeUpFeatures.set([(nil, [1, 0])])) }.contains("no class"))
    #expect(
      words { try LinearProbe(MadeUpFeatures.set([("a", [1, 0]), ("a", [0, 1])])) }.contains(
        "one class, \"a\""))
    let probe = try LinearProbe(clips(9, noise: 1, seed: 1, list: "train"))
    let strangers = try MadeUpFeatures.set([("swim", [1, 2, 3, 4])], list: "test")
    let error = words { try probe.predictions(for: strangers) }
    #expect(
      error.contains("No clip of test.h5 has a label among those of train.h5 (jump, run, walk)"), "\(error)")
    let mixed = try MadeUpFeatures.set([("swim", [1, 2, 3, 4]), ("run", [0, 5, 0, 1000])], list: "test")
    let (predictions, leftOut) = try probe.predictions(for: mixed)
    #expect(predictions.count == 1 && leftOut.map(\.name) == ["test/0.mp4"])
    let narrow = try MadeUpFeatures.set([("run", [1, 2])], list: "test")
    #expect(words { try probe.predictions(for: narrow) }.contains("vectors of 4 values instead of 2"))
  }
}
