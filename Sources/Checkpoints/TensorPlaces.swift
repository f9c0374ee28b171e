/// Where the floats of a checkpoint's tensors lie: in which of its files which stretch.
struct TensorPlaces {
  /// A tensor, put together of stretches that follow one another.
  struct Tensor {
    let shape: [Int]
    var stretches: [(file: Int, range: Range<Int>)]
  }

  /// Why files make no whole tensors.
  struct Misfit: Error {
    let reason: String
  }

  /// By group and name.
  private(set) var tensors: [String: [String: Tensor]] = [:]

  /// Puts together what each file holds.
  /// - Parameter files: of each the stretches by group and name.
  /// - Throws: `Misfit` unless each float of each tensor is in one of them, and in one alone.
  init(_ files: [[String: [String: TensorStretch]]]) throws(Misfit) {
    for (file, groups) in files.enumerated() {
      for (group, stretches) in groups {
        if tensors[group] == nil { tensors[group] = [:] }  // one without tensors is a group, too
        for (name, stretch) in stretches { try add(stretch, of: name, in: group, file) }
      }
    }
    for group in tensors.keys.inByteOrder() {
      for name in tensors[group]!.keys.inByteOrder() { try close(name, in: group) }
    }
  }

  private mutating func add(
    _ stretch: TensorStretch, of name: String, in group: String, _ file: Int
  ) throws(Misfit) {
    let known = tensors[group]?[name]?.shape ?? stretch.shape
    guard known == stretch.shape else {
      throw Misfit(
        reason: "its files disagree about the shape of \(group)/\(name), \(known) and \(stretch.shape)")
    }
    tensors[group]?[name, default: Tensor(shape: known, stretches: [])].stretches.append(
      (file, stretch.range))
  }

  /// Sorts a tensor's stretches and sees to it that they are the whole of it.
  private mutating func close(_ name: String, in group: String) throws(Misfit) {
    guard var tensor = tensors[group]?[name] else { return }
    tensor.stretches.sort { $0.range.lowerBound < $1.range.lowerBound }
    var end = 0
    for range in tensor.stretches.map(\.range) {
      // A tensor without floats is in one file like all others.
      guard range.lowerBound >= end, !range.isEmpty || tensor.stretches.count == 1 else {
        throw Misfit(reason: "two of its files hold the same floats of \(group)/\(name)")
      }
      guard range.lowerBound == end else { throw gap(end..<range.lowerBound, name, group) }
      end = range.upperBound
    }
    let count = tensor.shape.reduce(1, *)
    guard end == count else { throw gap(end..<count, name, group) }
    tensors[group]?[name] = tensor
  }

  private func gap(_ range: Range<Int>, _ name: String, _ group: String) -> Misfit {
    Misfit(
      reason:
        "the floats \(range.lowerBound) to \(range.upperBound - 1) of \(group)/\(name) are in none of its files"
    )
  }
}
