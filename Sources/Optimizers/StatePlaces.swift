import Layers
import Tensors

/// Some parameters, each with a place in buffers that hold an optimizer's state of these parameters and of no others.
///
/// Places come in the order of the parameters, at multiples of 16 floats. Of all trained parameters they are those of the
/// flat buffers.
struct StatePlaces {
  /// The parameters.
  let entries: [ParameterStore.Entry]
  /// Where the state of each begins, in floats.
  let places: [Int]
  /// Floats of a buffer.
  let count: Int

  init(_ entries: [ParameterStore.Entry]) {
    self.entries = entries
    var count = 0
    places = entries.map { entry in
      defer { count += (entry.count + 15) & ~15 }
      return count
    }
    self.count = count
  }

  /// A buffer as a slot, with a tensor for each parameter in its shape.
  func slot(_ name: String, _ buffer: Tensor) -> OptimizerSlot {
    OptimizerSlot(
      name: name, tensors: zip(entries, places).map { ($0.name, buffer.view(at: $1, $0.shape)) })
  }
}
