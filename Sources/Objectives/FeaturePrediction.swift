import Clips
import Layers
import Models
import Tensors

/// Asks a model for the features of the parts of a clip that it did not see, as its own average sees them.
///
///     target = standardized(encoder of the average(whole clip)) at the hidden tokens
///     loss = mean over kinds of mask of mean |prediction − target|
///
/// Assran et al., "V-JEPA 2", 2025. The target carries no gradient: the teacher is the exponential average of the weights,
/// which follows the model under its own law. A model can make this easy for itself by giving all clips the same features, so
/// a small loss alone says nothing (`FeatureStatistics` tells).
public struct FeaturePrediction: Objective {
  /// The model that is trained.
  public let model: JointEmbeddingModel
  /// What is hidden.
  public let masks: MultiBlockMasks

  /// An objective for the model.
  public init(model: JointEmbeddingModel, masks: MultiBlockMasks) {
    self.model = model
    self.masks = masks
  }

  /// Those of the model.
  public var parameters: ParameterStore { model.parameters }
  /// Kinds of masks.
  public var conditionTitle: String { "mask" }
  /// One for each kind of mask: "8 × 0.15", or "1 × 1.0 × 0.5" with a duration.
  public var heldOutConditions: [String] {
    masks.kinds.map { "\($0.blocks) × \($0.area)" + ($0.duration < 1 ? " × \($0.duration)" : "") }
  }

  /// Draws masks, and learns from what they hide.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    addGradients(
      examples.clips, asking: masks.kinds.indices.map { question($0, examples, at: position) }, share: share)
  }

  /// Learns from questions that are given, one after the other.
  public func addGradients(
    _ clips: Tensor, asking questions: [FeaturePredictor.Question], share: Double
  ) -> [Double] {
    let features = features(of: clips)
    var losses = Array(repeating: 0.0, count: clips.shape[0])
    let part = 1 / Double(questions.count)
    for (place, question) in questions.enumerated() {
      let (error, saved) = model.forward(clips, question)
      error.add(question.targets.forward(features), scale: -1)
      for (clip, loss) in meanSizes(of: error, clips: losses.count).enumerated() {
        losses[clip] += part * loss
      }
      let gradient = signs(of: error, times: Float(share * part / Double(error.count)))
      if place + 1 < questions.count {
        parameters.beforeOthers { model.backward(gradient, saved) }
      } else {
        model.backward(gradient, saved)
      }
    }
    return losses
  }

  /// Forward and loss alone, under one kind of mask.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let features = features(of: examples.clips)
    let question = question(condition, examples, at: position)
    let error = model.output(examples.clips, question)
    error.add(question.targets.forward(features), scale: -1)
    return meanSizes(of: error, clips: examples.count)
  }

  /// What the teacher makes of whole clips [B·N, D]; in a store that keeps no average the model is its own teacher.
  private func features(of clips: Tensor) -> Tensor {
    standardizedRows(parameters.withAverage { model.encoder.output(clips) })
  }

  private func question(
    _ kind: Int, _ examples: Examples, at position: Position
  ) -> FeaturePredictor.Question {
    precondition(model.encoder.grid(of: examples.clips.shape) == masks.grid, "masks are of other clips")
    let splits = (0..<examples.count).map { masks.split(kind: kind, at: position, clip: $0) }
    return FeaturePredictor.Question(
      context: TokenSelection(splits.map(\.context), of: masks.grid.tokens),
      targets: TokenSelection(splits.map(\.targets), of: masks.grid.tokens), grid: masks.grid, kind: kind)
  }

  /// The mean of |e| over each clip's numbers.
  private func meanSizes(of error: Tensor, clips: Int) -> [Double] {
    let size = error.count / clips
    return (0..<clips).map { clip in
      error.view(at: clip * size, [size]).reduce { x, n in
        var total = Lanes(repeating: 0)
        sweep(n) { i, c in
          let e = load(x, i, c)
          total += e.replacing(with: -e, where: e .< 0)
        }
        return Double(total.total)
      } / Double(size)
    }
  }

  /// ∂|e|/∂e times a factor, in place of e; 0 where e is.
  private func signs(of error: Tensor, times factor: Float) -> Tensor {
    parallel(over: error.count, tile: 16_384) { range in
      let x = error.pointer + range.lowerBound
      sweep(range.count) { i, c in
        let e = load(x, i, c)
        var sign = Lanes(repeating: 0)
        sign.replace(with: factor, where: e .> 0)
        sign.replace(with: -factor, where: e .< 0)
        store(sign, x, i, c)
      }
    }
    return error
  }
}
