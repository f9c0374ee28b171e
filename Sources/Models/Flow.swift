import Foundation
import Tensors

/// The straight path from a clip (time 0) to noise (time 1), and what a model's output says about it.
///
///     x_t = (1 − t) · clip + t · noise,   velocity = noise − clip
///
/// Liu, Gong and Liu, "Flow straight and fast" (rectified flow), 2023; Lipman et al., "Flow matching", 2023. Training and
/// sampling share these conventions, and every checkpoint records them.
public struct Flow: Sendable, Equatable {
  /// What the model's output means.
  public enum Prediction: String, CaseIterable, Sendable {
    /// noise − clip, as Wan, LTX and SD3.
    case velocity
    /// The clean clip, turned into a velocity: (x_t − output) / max(t, 0.05). For pixels in patches of more values than
    /// the model is wide: noise of that many values does not fit through, clips do (Li and He, "Back to basics: let
    /// denoising generative models denoise", 2025).
    case x0
  }

  /// How far times are shifted toward noise: t′ = s·t / (1 + (s − 1)·t).
  public enum Shift: Sendable, Equatable {
    /// s grows with the tokens of a clip: 1 at 256, 3 at 4096, linear (Open-Sora 2).
    case tokens
    /// The same s for every clip.
    case constant(Double)
  }

  /// What the model's output means.
  public let prediction: Prediction
  /// How far times are shifted toward noise.
  public let shift: Shift

  /// The least time that a predicted clip is turned into a velocity with.
  public static let leastTime = 0.05

  /// A flow with the given conventions.
  public init(prediction: Prediction, shift: Shift) {
    self.prediction = prediction
    self.shift = shift
  }

  /// A time of a clip of `tokens` tokens, shifted toward noise; 0 and 1 stay where they are.
  public func shifted(_ time: Double, tokens: Int) -> Double {
    let s =
      switch shift {
      case .tokens: max(0.1, 1 + 2 * Double(tokens - 256) / 3840)
      case .constant(let s): s
      }
    return s * time / (1 + (s - 1) * time)
  }

  /// What the model's output is multiplied by in the velocity; the rest of the velocity does not depend on the model.
  public func outputFactor(at time: Double) -> Double {
    prediction == .velocity ? 1 : -1 / max(time, Self.leastTime)
  }

  /// The velocity that an output [B, C, F, H, W] at x_t means, in place of the output; one time for the whole clip.
  public func turnIntoVelocity(_ output: Tensor, at noisy: Tensor, time: Double) {
    guard prediction == .x0 else { return }
    output.scale(by: -1)
    output.add(noisy)
    output.scale(by: Float(1 / max(time, Self.leastTime)))
  }
}
