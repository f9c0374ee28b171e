import Clips
import Commands
import Training

/// A model, and the one that it is shown beside.
struct ComparedModels {
  /// The model that is measured.
  let model: LoadedModel
  /// What it is compared with; nil for a model alone.
  let base: LoadedModel?

  /// Loads a checkpoint and its base: for an adapter what it was trained on, which `base` names if it does not lie where
  /// it lay; for a whole checkpoint any other of the same kind.
  /// - Throws: `Failure` when the two cannot be compared, and what loading throws.
  init(_ path: String, base given: String?, isolate: Bool) throws {
    let checkpoint = try Inputs.checkpoint(path, isolate: isolate)
    let blueprint = try Blueprint(checkpoint)
    Inputs.tellPrecision(of: blueprint)
    let ownBase = try Inputs.base(of: blueprint, adapter: checkpoint.path, given: given, isolate: isolate)
    model = try LoadedModel(checkpoint, blueprint, base: ownBase)
    if let ownBase {
      let found = try Inputs.model(ownBase.path, isolate: isolate)
      let difference = Self.difference(of: found, from: model)
      base = difference == nil ? found : nil
      if let difference {
        standardError("note: \(found.path) \(difference), so it is not shown beside \(model.path)\n")
      }
    } else {
      base = try given.map { try Inputs.model($0, isolate: isolate) }
      if let base { try Self.check(base, beside: model) }
    }
  }

  /// Why a base answers another question, in words; nil if it does not.
  private static func difference(of base: LoadedModel, from model: LoadedModel) -> String? {
    let (theirs, ours) = (base.blueprint.recipe.kind, model.blueprint.recipe.kind)
    if theirs != ours { return "is of task.kind \"\(theirs.rawValue)\" and not \"\(ours.rawValue)\"" }
    return base.subject.scorer?.classes == model.subject.scorer?.classes ? nil : "tells other classes apart"
  }

  /// Refuses a base whose figures would mean something else.
  private static func check(_ base: LoadedModel, beside model: LoadedModel) throws {
    let (theirs, ours) = (base.blueprint, model.blueprint)
    guard theirs.recipe.kind == ours.recipe.kind else {
      throw Failure(
        .unfitInput,
        "\(base.path) is of task.kind \"\(theirs.recipe.kind.rawValue)\", and \(model.path) of "
          + "\"\(ours.recipe.kind.rawValue)\", so their figures cannot be compared; give a --base of that kind."
      )
    }
    if let difference = difference(of: base, from: model) {
      throw Failure(
        .unfitInput,
        "\(base.path) \(difference), so its figures cannot be compared with those of \(model.path); give a --base that tells "
          + "the same classes apart.")
    }
    guard theirs.clipShape == ours.clipShape else {
      throw Failure(
        .unfitInput,
        "\(base.path) was trained on clips of \(theirs.clipShape.words), and \(model.path) on clips of "
          + "\(ours.clipShape.words), so their figures cannot be compared; give a --base that was trained on such clips."
      )
    }
  }
}

extension ClipShape {
  /// "16 frames of 64×48 at 8 a second".
  fileprivate var words: String {
    "\(frames) \(frames == 1 ? "frame" : "frames") of \(width)×\(height) at \(Self.short(frameRate)) a second"
  }

  private static func short(_ rate: Double) -> String { rate == rate.rounded() ? "\(Int(rate))" : "\(rate)" }
}
