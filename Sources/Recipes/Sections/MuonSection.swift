import Fields
import Layers

/// Muon: the update of hidden matrices.
public struct MuonSection: Equatable, Sendable {
  /// Peak learning rate of matrices.
  public let learningRate: Double
  /// How much of the momentum stays at each update.
  public let momentum: Double
  /// How many rows or columns are made orthogonal together; 0 for whole matrices.
  public let blockSize: Int
  /// Matrices that AdamW updates; the task's own choice if there are none.
  public let exclude: [NamePattern]

  init(_ section: Section) {
    learningRate = section.number(
      "learningRate", .above(0, below: 1), default: 0.005,
      "Learning rate of matrices at its peak; it rises and falls with optimizer.learningRate, which is that of all else."
    )
    momentum = section.number(
      "momentum", .from(0, below: 1), default: 0.95, "How much of the mean of gradients stays at each update."
    )
    blockSize = section.integer(
      "blockSize", 0...65_536, default: 0,
      "How many rows of a matrix (columns, where it has more of them) are made orthogonal together, those of one head, say: "
        + "cheaper than whole matrices, which 0 stands for; blocks of a few rows are not.")
    exclude = section.strings(
      "exclude", atMost: 64,
      "Patterns of matrices that AdamW updates; none for the task's own choice, the first and last layers of its model. "
        + "Tables, vectors and factors of adapters are AdamW's in any case."
    ).map(NamePattern.init)
  }
}
