import Tensors

/// What gives clips back from what it made of them: an autoencoder.
public protocol Reconstructor {
  /// Reconstructed clips, without randomness.
  /// - Parameter clips: [B, 3, F, H, W] in −1…1.
  /// - Returns: the same shape; numbers may lie beyond −1…1.
  func reconstruct(_ clips: Tensor) -> Tensor
}
