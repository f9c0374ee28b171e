import Layers

/// Which published model a transformer over tokens is laid out as: the names of its parameters, its biases, its positions, the
/// ε of its norms and how it starts.
public enum EncoderLayout: String, Sendable, CaseIterable {
  /// VideoMAE (Tong et al., "VideoMAE: masked autoencoders are data-efficient learners for self-supervised video
  /// pre-training", 2022): sinusoid positions, no bias of keys.
  case videoMAE
  /// V-JEPA 2 (Assran et al., "V-JEPA 2: self-supervised video models enable understanding, prediction and planning", 2025):
  /// rotary positions in each block.
  case vJEPA2

  /// ε of the norms of blocks.
  var epsilon: Float {
    switch self {
    case .videoMAE: 1e-12
    case .vJEPA2: 1e-6
    }
  }

  /// How matrices start: Xavier's law, or a normal one.
  var initial: InitialValue {
    switch self {
    case .videoMAE: .xavierUniform
    case .vJEPA2: .normal(0.02)
    }
  }

  /// How the matrices start that write into the stream from block `index`, counted from 0.
  func initialOutput(block index: Int) -> InitialValue {
    switch self {
    case .videoMAE: initial
    // The branches of deep blocks start smaller, as the authors' code has it.
    case .vJEPA2: .normal(0.02 / Float(2 * (index + 1)).squareRoot())
    }
  }
}
