import Checkpoints
import Foundation
import Tensors
import Testing

@testable import Training

/// Runs whose products are of bfloat16.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct PrecisionRunTests {
  private static let narrow = "training.computePrecision=bfloat16"
  private static let kinds: [(name: String, sections: String, overrides: [String])] = [
    ("text to video", SmallRun.textToVideo, []),
    ("with recomputed blocks", SmallRun.textToVideo, ["training.activationCheckpointing=true"]),
    (
      "with Muon in blocks, cautious", SmallRun.textToVideo,
      ["optimizer.kind=muon", "optimizer.muon.blockSize=8", "optimizer.cautious=true"]
    ),
    (
      "autoencoder with Muon", AutoencoderRunTests.kind,
      AutoencoderRunTests.clips + ["optimizer.kind=muon", "optimizer.muon.learningRate=0.0005"]
    ),
  ]

  @Test(arguments: 0..<4)
  func twentyStepsAreTenAndTenMoreAndTheSameOnOneThread(kind: Int) throws {
    let folder = try TemporaryFolder()
    let (_, sections, overrides) = Self.kinds[kind]
    let steps = kind == 3 ? 6 : 20
    let run = try SmallRun(in: folder, steps: steps, kind: sections, overrides + [Self.narrow])
    let whole = try RunState(run.blueprint)
    #expect(try run.train(whole, checkpoints: folder.path + "/whole") == .finished)

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: steps / 2)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves", workers: 2)
    #expect(rest.hash == whole.hash)

    let single = try RunState(run.blueprint)
    try Parallel.withThreads(1) { _ = try run.train(single, checkpoints: folder.path + "/single") }
    #expect(single.hash == whole.hash)

    let wide = try RunState(SmallRun(in: folder, steps: steps, kind: sections, overrides).blueprint)
    try run.train(wide, checkpoints: folder.path + "/wide")
    #expect(wide.hash != whole.hash)
  }

  /// Losses of both precisions are much nearer to each other than to where they began.
  @Test func lossesAreThoseOfFloat32() throws {
    let folder = try TemporaryFolder()
    func losses(_ overrides: String...) throws -> [Double] {
      let run = try SmallRun(in: folder, steps: 40, overrides)
      let witness = Witness()
      try run.train(
        RunState(run.blueprint), checkpoints: folder.path + "/\(UUID().uuidString)", observer: witness)
      return witness.steps.map(\.loss)
    }
    let (exact, narrow) = (try losses(), try losses(Self.narrow))
    let fall = exact[0] - exact[39]
    #expect(exact.count == 40 && fall > 0)
    for (a, b) in zip(exact, narrow) { #expect(abs(a - b) < 0.1 * fall, "\(a), \(b)") }
    #expect(exact != narrow)
  }

  @Test func aCheckpointSaysWhichProductsItIsMadeOf() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 2, Self.narrow)
    try run.train(RunState(run.blueprint), checkpoints: folder.path + "/run")
    let checkpoint = try #require(try CheckpointFolder(folder.path + "/run").newest()).checkpoint
    #expect(
      checkpoint.attributes["products"]
        == .text("\(OpenBLAS.kernels), \(OneDNN.version) \(OneDNN.instructions)"))
    #expect(Blueprint.otherArithmetic(of: checkpoint) == nil)
    let plain = try SmallRun(in: folder, steps: 2)
    try plain.train(RunState(plain.blueprint), checkpoints: folder.path + "/plain")
    let other = try #require(try CheckpointFolder(folder.path + "/plain").newest()).checkpoint
    #expect(other.attributes["products"] == .text(OpenBLAS.kernels))
  }
}
