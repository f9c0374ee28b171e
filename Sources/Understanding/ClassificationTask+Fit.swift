import Layers
import Models
import Tasks

/// What classifiers begin from: encoders that were pretrained without labels, and other classifiers.
extension ClassificationTask {
  /// The encoder goes on; the head does if the base has the same one for the same classes.
  public func fit(of base: any VideoTask, _ baseFacts: TaskFacts, facts: TaskFacts) throws -> BaseFit? {
    switch base {
    case let base as ClassificationTask:
      try requireEncoder(base)
      let keepsClasses = try ClassList(facts).isSame(as: ClassList(ofBase: baseFacts))
      guard base.pooling == pooling else {
        return BaseFit(
          fresh: pooling.names + ["classifier"] + finalNorm(has: encoder, not: base.encoder),
          unused: base.pooling.names + ["classifier"] + finalNorm(has: base.encoder, not: encoder))
      }
      return BaseFit(fresh: keepsClasses ? [] : ["classifier"])
    case let base as any PretrainingTask:
      try requireEncoder(base)
      return BaseFit(
        renaming: base.encoderName == encoderName
          ? nil
          : (encoderName + ".", base.encoderName.isEmpty ? "" : base.encoderName + "."),
        fresh: pooling.names + ["classifier"],
        unused: base.discarded + finalNorm(has: base.encoder, not: encoder))
    default: return nil
    }
  }

  private func finalNorm(has one: VideoEncoderConfiguration, not other: VideoEncoderConfiguration) -> [String]
  {
    one.hasFinalNorm && !other.hasFinalNorm ? ["videomae.layernorm"] : []
  }

  /// Throws unless the base's encoder has the sizes of this one.
  private func requireEncoder(_ base: any EncoderTask) throws {
    let (ours, theirs) = (encoder, base.encoder)
    func words(_ patch: PatchSize) -> String { "[\(patch.frames), \(patch.height), \(patch.width)]" }
    let keys: [(key: String, ours: String, theirs: String)] = [
      ("model.layout", ours.layout.rawValue, theirs.layout.rawValue),
      ("model.patch", words(ours.patch), words(theirs.patch)),
      ("model.width", "\(ours.width)", "\(theirs.width)"),
      ("model.depth", "\(ours.blocks.depth)", "\(theirs.blocks.depth)"),
      ("model.heads", "\(ours.blocks.heads)", "\(theirs.blocks.heads)"),
      ("model.feedForward", "\(ours.blocks.feedForward)", "\(theirs.blocks.feedForward)"),
    ]
    let differing = keys.filter { $0.ours != $0.theirs }
    guard !differing.isEmpty else { return }
    throw BaseFitError(
      "The base's encoder is another one than the recipe's: "
        + differing.map { "\($0.key) is \($0.ours), the base's \($0.theirs)" }.joined(separator: "; ")
        + "; give the recipe the base's.")
  }
}
