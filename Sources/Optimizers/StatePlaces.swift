import Layers
import Tensors

/// Some parameters, or pieces of them, each with a place in buffers that hold an optimizer's state of these and of no others.
///
/// Places come in the order of the parameters, at multiples of 16 floats. Of all trained parameters they are those of the
/// flat buffers.
struct StatePlaces {
  /// The pieces.
  let pieces: [ParameterPiece]
  /// Where the state of each begins, in floats.
  let places: [Int]
  /// Floats of a buffer.
  let count: Int

  init(_ pieces: [ParameterPiece]) {
    self.pieces = pieces
    var count = 0
    places = pieces.map { piece in
      defer { count += (piece.count + 15) & ~15 }
      return count
    }
    self.count = count
  }

  /// A buffer as a slot, with a tensor for each parameter.
  func slot(_ name: String, _ buffer: Tensor) -> OptimizerSlot {
    OptimizerSlot(
      name: name,
      tensors: zip(pieces, places).map { piece, place in
        OptimizerSlot.State(
          piece, buffer.view(at: place, piece.isWhole ? piece.entry.shape : [piece.count]))
      })
  }
}
