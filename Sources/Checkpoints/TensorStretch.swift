/// Which floats of a tensor a file holds.
struct TensorStretch: Equatable, Codable {
  /// The shape of the whole tensor.
  let shape: [Int]
  /// The floats, by their places in row-major order.
  let range: Range<Int>
}

extension CheckpointContents {
  /// Which floats of which tensors these are, by group and name.
  var stretches: [String: [String: TensorStretch]] {
    groups.mapValues { tensors in
      Dictionary(tensors.map { ($0.name, $0.stretch) }) { first, _ in first }
    }
  }
}
