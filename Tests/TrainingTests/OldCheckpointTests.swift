import Checkpoints
import Foundation
import Layers
import SyntheticClips
import Tensors
import Testing

@testable import Recipes
@testable import Training

/// Checkpoints of every version that this program has written go on loading. Each was saved after three of six steps of
/// one recipe on twenty rendered clips, with a part of the text encoder frozen.
@Suite struct OldCheckpointTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// The file, and the hash of its state that the program of its time gave.
  @Test(arguments: [
    ("run-version-1.h5", "6241511ea0788644b76fe7fc795bb1aeb114c0ce32921e63ae568db4667870ec"),
    ("run-version-2.h5", "36d6c353358efb84de79dc5d4ecbda5ae62eb892a2e5fafe8d966e12a3dc3bdd"),
  ])
  func isReadAndGoneOnFrom(name: String, hash: String) throws {
    let checkpoint = try CheckpointFile.read(Self.fixtures.appendingPathComponent(name).path)
    #expect(try RunState.hash(checkpoint) == hash)
    let blueprint = try Blueprint(checkpoint)
    let recipe = blueprint.recipe
    #expect(recipe.training.batchSize == 2 && recipe.training.gradientAccumulation == 2)
    #expect(recipe.optimizer.gradientClipNorm == 0.5 && recipe.optimizer.warmupSteps == 2)
    #expect(recipe.optimizer.emaDecay == 0.9 && recipe.data.prefetch == 2)
    #expect(recipe.task.conventions["prediction"] == "x0")

    let state = try RunState(blueprint)
    try state.restore(checkpoint)
    #expect(state.step == 3 && state.optimizer.updates == 3)
    let groups = checkpoint.groupNames
    for entry in state.parameters.entries {
      let values = Tensor(entry.shape)
      let apart = entry.isFrozen && groups.contains(CheckpointGroup.frozen)
      try checkpoint.read(
        entry.name, in: apart ? CheckpointGroup.frozen : CheckpointGroup.parameters, into: values.buffer)
      #expect(state.parameters.values(of: entry).values == values.values, "\(entry.name)")
    }
    #expect(state.parameters.entries.contains { $0.isFrozen })
    #expect(try LoadedModel(checkpoint, blueprint).subject.sampler != nil)

    let folder = try TemporaryFolder()
    let run = try SmallRun(in: folder, steps: 6)
    try Trainer(
      state, loader: run.loader(for: blueprint, from: 3), folder: CheckpointFolder(folder.path + "/run"),
      observer: Witness()
    ).run()
    #expect(state.step == 6)
  }
}
