import Layers

/// Which published model a video encoder is laid out as.
public enum EncoderLayout: String, Sendable, CaseIterable {
  /// VideoMAE (Tong et al., "VideoMAE: masked autoencoders are data-efficient learners for self-supervised video
  /// pre-training", 2022): sinusoid positions, no bias of keys.
  case videoMAE
  /// V-JEPA 2 (Assran et al., "V-JEPA 2: self-supervised video models enable understanding, prediction and planning", 2025):
  /// rotary positions in each block.
  case vJEPA2

  /// Its blocks.
  var blocks: BlockLayout { self == .videoMAE ? .videoMAE : .vJEPA2 }
}

/// How a block is laid out: the names of its parameters, which biases it has, the ε of its norms and how it starts.
enum BlockLayout {
  /// VideoMAE's encoder and decoder.
  case videoMAE
  /// V-JEPA 2's encoder and predictor.
  case vJEPA2
  /// V-JEPA 2's attentive pooler.
  case vJEPA2Pooler

  /// ε of the norms.
  var epsilon: Float { self == .videoMAE ? 1e-12 : 1e-6 }

  /// How matrices start: by Xavier's law, or a normal one.
  var initial: InitialValue { self == .videoMAE ? .xavierUniform : .normal(0.02) }

  /// How the matrices start that write into the stream from block `index`, counted from 0.
  func initialOutput(block index: Int) -> InitialValue {
    // The branches of deep blocks of V-JEPA 2 start smaller, as the authors' code has it.
    self == .videoMAE ? initial : .normal(0.02 / Float(2 * (index + 1)).squareRoot())
  }
}
