import Checkpoints
import Layers
import Tensors

extension LoadedModel {
  /// The contents of a checkpoint with whole weights: a run of the same task that trains everything, at step 0.
  ///
  /// Equal outputs to about 1e-6: adapted weights are summed before the product instead of after.
  /// - Throws: `RecipeErrors` when the recipe cannot be read back.
  public func merged() throws -> CheckpointContents {
    var contents = CheckpointContents()
    let records = subject.parameters.merged().map { name, shape, values in
      TensorRecord(
        name: name, shape: shape, values: UnsafeBufferPointer(values.buffer), owner: TensorOwner(values))
    }
    contents.groups = [CheckpointGroup.parameters: records, CheckpointGroup.average: records]
    contents.attributes = try blueprint.merged().attributes
    for key in [RunState.Key.step, RunState.Key.updates, RunState.Key.refusals, RunState.Key.position] {
      contents.attributes[key] = .integer(0)
    }
    contents.attributes[RunState.Key.mergedFrom] = .text(path)
    return contents
  }
}

/// Keeps a tensor's memory alive beside a record of it.
private final class TensorOwner {
  private let tensor: Tensor
  init(_ tensor: Tensor) { self.tensor = tensor }
}
