import HDF5

/// A plain value beside the tensors: the step, the seed, the recipe.
public typealias Attribute = HDF5Attribute

/// A named block of floats: where it lies, not what it means. It is a tensor, or a piece of one whose other pieces
/// other processes have.
public struct TensorRecord {
  /// Dots part the levels of the tree: `transformer.blocks.0.attn1.to_q.weight`.
  public let name: String
  /// Sizes of the axes of the whole tensor, outermost first; at most 8 axes; empty for a single number.
  public let shape: [Int]
  /// Which of the tensor's floats, row-major, these are; nil when they are all of them.
  public let piece: Range<Int>?
  /// The floats, row-major. Whoever makes a record vouches that they stay in place while it lives.
  public let values: UnsafeBufferPointer<Float>
  private let owner: AnyObject?

  /// Names floats that lie elsewhere.
  /// - Parameters:
  ///   - shape: that of the whole tensor.
  ///   - piece: which of its floats `values` are, at least one; nil for all.
  ///   - owner: what is kept alive with the record.
  public init(
    name: String, shape: [Int], piece: Range<Int>? = nil, values: UnsafeBufferPointer<Float>,
    owner: AnyObject? = nil
  ) {
    precondition(shape.count <= 8, "\(name): \(shape.count) axes, at most 8 can be stored")
    precondition(shape.allSatisfy { $0 >= 0 }, "\(name): negative size in shape \(shape)")
    let all = 0..<shape.reduce(1, *)
    let range = piece ?? all
    precondition(
      range == all || (!range.isEmpty && all.contains(range)),
      "\(name): \(range) is no piece of shape \(shape)")
    precondition(
      range.count == values.count, "\(name): \(values.count) values do not fill \(range) of \(shape)")
    self.name = name
    self.shape = shape
    self.piece = range == all ? nil : range
    self.values = values
    self.owner = owner
  }

  /// Copies `values` into a block of the record's own.
  public init(name: String, shape: [Int], piece: Range<Int>? = nil, values: [Float]) {
    let copy = OwnedFloats(values)
    self.init(
      name: name, shape: shape, piece: piece, values: UnsafeBufferPointer(copy.values), owner: copy)
  }

  /// Which floats of which tensor these are.
  var stretch: TensorStretch { TensorStretch(shape: shape, range: piece ?? 0..<values.count) }
  /// The shape under which a file holds them: a piece has one axis.
  var storedShape: [Int] { piece == nil ? shape : [values.count] }
}

private final class OwnedFloats {
  let values: UnsafeMutableBufferPointer<Float>

  init(_ source: [Float]) {
    values = .allocate(capacity: source.count)
    _ = values.initialize(from: source)
  }

  deinit { values.deallocate() }
}

/// What a checkpoint holds: groups of named tensors, such as `parameters`, `average`, `firstMoment`, `secondMoment`,
/// and attributes.
public struct CheckpointContents {
  /// Tensors by group; the order inside a group does not matter to the file.
  public var groups: [String: [TensorRecord]]
  /// Attributes by name.
  public var attributes: [String: Attribute]

  /// Contents of the given groups and attributes.
  public init(groups: [String: [TensorRecord]] = [:], attributes: [String: Attribute] = [:]) {
    self.groups = groups
    self.attributes = attributes
  }

  /// The bytes of all floats, without the file's own structure.
  public var byteCount: Int {
    groups.values.joined().reduce(0) { $0 + 4 * $1.values.count }
  }
}

extension Collection where Element == String {
  /// In the order of their bytes, which is the same on every machine and in every language.
  func inByteOrder() -> [String] {
    sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
