import Checkpoints
import Clips
import Evaluation
import Foundation
import Tasks
import Tensors
import Testing

@testable import Training

/// A video autoencoder goes the whole way of a run, and a latent model sees clips through it.
struct AutoencoderRunTests {
  static let kind = """
    "task": {"kind": "autoencoder"},
    "model": {"width": 8, "residualBlocks": 1, "multipliers": [1, 2, 4, 4]}, "objective": {}
    """
  /// Five frames of clips of half a second.
  static let clips = ["data.frames=5", "data.frameRate=16", "training.batchSize=1"]

  private func run(_ folder: TemporaryFolder, steps: Int, _ more: String...) throws -> SmallRun {
    try SmallRun(in: folder, steps: steps, kind: Self.kind, Self.clips + more)
  }

  @Test(arguments: ["adamW", "muon"])
  func aRunLearnsLooksSavesAndGoesOn(optimizer: String) throws {
    let folder = try TemporaryFolder()
    let run = try run(
      folder, steps: 6, "optimizer.kind=\(optimizer)", "optimizer.learningRate=0.0001",
      "optimizer.muon.learningRate=0.0005",
      "training.validateEvery=3")
    let whole = try RunState(run.blueprint)
    let heldOut = HeldOutClips(
      clips: try ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 4, source: .files(.init())))
    let start = try RunState(run.blueprint).subject.evaluators[1].run(#require(heldOut.clips))
    let witness = Witness()
    try Trainer(
      whole, loader: run.loader(from: 0, workers: 2), heldOut: heldOut,
      folder: CheckpointFolder(folder.path + "/whole"), observer: witness
    ).run()
    let look = try #require(witness.looks.last?.heldOut)
    #expect(look.map(\.title) == ["held-out loss", "reconstruction"])
    #expect(look[0].figures.map(\.name) == ["reconstruction", "KL"])
    #expect(look[1].figures.map(\.name) == ["psnr", "psnrFirstFrame", "psnrOtherFrames", "ssim", "flicker"])
    // The start is a Haar transform: a clip is more than its mean from the first step on, and six steps make it better.
    #expect(start.figures[0].value > 12, "\(start.figures)")
    #expect(look[1].figures[0].value > start.figures[0].value, "\(look[1].figures)")
    #expect(look[0].choice == nil && look[1].choice == -look[1].figures[0].value)

    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 3)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    #expect(found.checkpoint.attributes["layout"] == .text("AutoencoderKLWan (Wan 2.1)"))
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)
    #expect(try LoadedModel(found.checkpoint, Blueprint(found.checkpoint)).subject.sampler == nil)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 2)
    let hashes = try [1, 3].map { threads in
      try Parallel.withThreads(threads) {
        let state = try RunState(run.blueprint)
        try run.train(state, checkpoints: folder.path + "/run\(threads)")
        return state.hash
      }
    }
    #expect(hashes[0] == hashes[1])
  }

  @Test func statisticsOfLatentsFollowThem() throws {
    let folder = try TemporaryFolder()
    let run = try run(folder, steps: 1)
    let state = try RunState(run.blueprint)
    try run.train(state, checkpoints: folder.path + "/run")
    func values(_ name: String) -> [Float] {
      state.parameters.values(of: state.parameters.entries.first { $0.name == name }!).values
    }
    // Means of colours are not zero, and nothing but the step has moved them.
    #expect(values("latents_mean").contains { abs($0) > 0.01 })
    #expect(
      values("latents_std").allSatisfy { $0 > 0 && $0 < 10 } && values("latents_std").contains { $0 != 1 })
  }

  @Test func clipsThatDoNotFitAreRefused() throws {
    let folder = try TemporaryFolder()
    func complaint(_ overrides: String...) -> String {
      SmallRun.complaint(in: folder, kind: Self.kind, overrides)
    }
    #expect(complaint("data.frames=4").contains("4 frames are not 4n + 1"))
    #expect(complaint("data.frames=4").contains("1 or 5 would fit"))
    #expect(complaint("data.frames=1", "data.height=12").contains("12 is no multiple of the 8 pixels"))
    #expect(complaint("data.frames=1", "data.height=20", "model.layout=wan2.2").contains("of the 16 pixels"))
    #expect(complaint("data.frames=1", "model.multipliers=[1,2,2,4]").contains("a Haar transform needs"))
    #expect(complaint("data.frames=1", "objective.squared=0", "objective.absolute=0").contains("above 0"))
    #expect(
      complaint(
        "data.frames=1", "model.layout=wan2.2", "data.height=32", "data.width=32",
        "model.multipliers=[1,3,4,4]"
      ).contains("must divide its fine side's"))
    #expect(
      complaint("data.frames=1", #"data.shapes=[{"frames": 3}]"#).contains("data.shapes[0].frames"))
  }

  // MARK: Latents

  private static func latentKind(_ autoencoder: String) -> String {
    """
    "task": {"kind": "textToVideo", "autoencoder": "\(autoencoder)"},
    "textEncoder": {"width": 16, "depth": 1, "heads": 2, "feedForward": 24},
    "model": {"width": 24, "depth": 2, "heads": 2, "patch": [1, 1, 1], "frequencyWidth": 16},
    "objective": {"prediction": "velocity"}
    """
  }

  private func autoencoder(_ folder: TemporaryFolder, _ name: String, seed: Int = 5) throws -> String {
    let run = try run(folder, steps: 2, "seed=\(seed)")
    try run.train(RunState(run.blueprint), checkpoints: folder.path + "/\(name)")
    return folder.path + "/\(name)"
  }

  @Test func aLatentModelLearnsSamplesAndGoesOn() throws {
    let folder = try TemporaryFolder()
    let path = try autoencoder(folder, "autoencoder")
    let run = try SmallRun(in: folder, steps: 4, kind: Self.latentKind(path), Self.clips)
    #expect(run.recipe.task.tokensPerClip == 2 * 2 * 2)
    let whole = try RunState(run.blueprint)
    try run.train(whole, checkpoints: folder.path + "/whole")
    let half = try RunState(run.blueprint)
    try run.train(half, checkpoints: folder.path + "/halves", stopAfter: 2)
    let found = try #require(try CheckpointFolder(folder.path + "/halves").newest())
    let rest = try RunState(Blueprint(found.checkpoint))
    try rest.restore(found.checkpoint)
    try run.train(rest, checkpoints: folder.path + "/halves")
    #expect(rest.hash == whole.hash)

    let model = try LoadedModel(found.checkpoint, Blueprint(found.checkpoint))
    let sampler = try #require(model.subject.sampler)
    #expect(sampler.sizeUnit.frames == 4 && sampler.frameRemainder == 1 && sampler.sizeUnit.height == 8)
    let clips = sampler.clips(
      for: [.init(prompt: "a red circle")], size: .init(frames: 5, height: 16, width: 24),
      settings: .init(steps: 2, guidance: 2), firstSample: 0
    ) { _ in true }
    #expect(clips.shape == [1, 3, 5, 16, 24])
    #expect(clips.values.allSatisfy { abs($0) <= 1 })
    #expect(model.subject.apart.count == 1)
  }

  @Test func latentsAreTheSameWhateverIsBesideThem() throws {
    let folder = try TemporaryFolder()
    let autoencoder = try FrozenAutoencoder(AutoencoderFile(autoencoder(folder, "autoencoder")))
    let clips = Tensor([3, 3, 5, 16, 16])
    clips.fillGaussian(seed: 1, purpose: .check, step: 0)
    let all = autoencoder.latents(of: clips)
    #expect(all.shape == [3, 16, 2, 2, 2])
    for clip in 0..<3 {
      let alone = autoencoder.latents(of: clips.view(at: clip * clips.count / 3, [1, 3, 5, 16, 16]))
      #expect(alone.values == all.view(at: clip * all.count / 3, [1, 16, 2, 2, 2]).values)
    }
    #expect(autoencoder.clips(of: all).shape == clips.shape)
  }

  @Test func autoencodersThatDoNotFitAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try autoencoder(folder, "autoencoder")
    func complaint(_ path: String, _ overrides: String...) -> String {
      SmallRun.complaint(in: folder, kind: Self.latentKind(path), Self.clips + overrides)
    }
    #expect(complaint(path) == "")
    #expect(complaint(folder.path + "/nothing").contains("there is no checkpoint at"))
    #expect(complaint(path, "data.frames=4").contains("4 frames are not 4n + 1"))
    #expect(complaint(path, "data.height=12").contains("no multiple of 8"))
    #expect(complaint(path, "task.latentStride=[2,8,8]").contains("task.latentStride is [2, 8, 8]"))
    let pixels = try SmallRun(in: folder, steps: 1)
    try pixels.train(RunState(pixels.blueprint), checkpoints: folder.path + "/pixels")
    #expect(complaint(folder.path + "/pixels").contains("holds no autoencoder"))

    // Latents of other weights.
    let run = try SmallRun(in: folder, steps: 1, kind: Self.latentKind(path), Self.clips)
    try run.train(RunState(run.blueprint), checkpoints: folder.path + "/latent")
    try FileManager.default.removeItem(atPath: path)
    _ = try autoencoder(folder, "autoencoder", seed: 6)
    let found = try #require(try CheckpointFolder(folder.path + "/latent").newest())
    #expect {
      _ = try LoadedModel(found.checkpoint, Blueprint(found.checkpoint))
    } throws: {
      "\($0)".contains("has other weights")
    }
  }
}
