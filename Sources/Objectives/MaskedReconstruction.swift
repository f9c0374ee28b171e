import Clips
import Layers
import Models
import Tensors

/// Asks a masked autoencoder for the patches that it did not see.
///
///     loss = mean over hidden patches and their values of (prediction − target)²
///
/// Tong et al., "VideoMAE", 2022. The encoder computes visible tokens alone.
public struct MaskedReconstruction: Objective {
  /// The model that is trained.
  public let model: MaskedAutoencoder
  /// What is hidden.
  public let mask: TokenMask
  /// What is asked for.
  public let targets: PatchTargets

  /// An objective for the model.
  public init(model: MaskedAutoencoder, mask: TokenMask, targets: PatchTargets) {
    self.model = model
    self.mask = mask
    self.targets = targets
  }

  /// Those of the model.
  public var parameters: ParameterStore { model.parameters }
  /// How much is hidden.
  public var conditionTitle: String { "hidden share" }
  /// The share that is trained; what is hidden as a whole unless it is tubes, and what is asked for unless it is normalised
  /// pixels, for losses of these do not compare: "hidden 0.9", "hidden 0.5 frame, pixels".
  public var heldOutConditions: [String] {
    let unit = mask.unit == .tube ? "" : " \(mask.unit.rawValue)"
    return ["hidden \(mask.share)\(unit)\(targets.isNormalized ? "" : ", pixels")"]
  }

  /// Draws masks, and learns from what they hide.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let (visible, hidden) = draw(examples, at: position)
    return addGradients(examples.clips, visible: visible, hidden: hidden, share: share)
  }

  /// Learns from what a given mask hides.
  public func addGradients(
    _ clips: Tensor, visible: TokenSelection, hidden: TokenSelection, share: Double
  ) -> [Double] {
    let (output, saved) = model.forward(clips, visible: visible, hidden: hidden)
    let (losses, gradient) = loss(of: output, clips, hidden, share: share)
    model.backward(gradient, saved)
    return losses
  }

  /// Forward and loss alone.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let (visible, hidden) = draw(examples, at: position)
    let output = model.output(examples.clips, visible: visible, hidden: hidden)
    return loss(of: output, examples.clips, hidden, share: 1).losses
  }

  private func draw(
    _ examples: Examples, at position: Position
  ) -> (visible: TokenSelection, hidden: TokenSelection) {
    mask.draw(model.encoder.grid(of: examples.clips.shape), clips: examples.count, at: position)
  }

  /// With error e and n numbers in all predictions: loss = Σ e² / n,  ∂loss/∂output = 2 e / n. The gradient takes the output's
  /// place, which is the largest tensor of a step.
  private func loss(
    of output: Tensor, _ clips: Tensor, _ hidden: TokenSelection, share: Double
  ) -> (losses: [Double], gradient: Tensor) {
    let error = output
    error.add(targets.rows(of: clips, model.encoder.configuration.patch, at: hidden), scale: -1)
    let size = error.count / hidden.clips
    let losses = (0..<hidden.clips).map {
      error.view(at: $0 * size, [size]).sumOfSquares / Double(size)
    }
    error.scale(by: Float(2 * share / Double(error.count)))
    return (losses, error)
  }
}
