/// Floats in memory with a shape, row-major: the last axis is contiguous.
///
/// A tensor is a handle: copies share the floats. A layer makes its output, fills it, and from then on nobody changes
/// it, except where a name says so (`add(_:)`, `fill(_:)`); gradients of parameters are the tensors that are added to.
public struct Tensor: @unchecked Sendable {
  /// Sizes of the axes, outermost first.
  public let shape: [Int]
  /// The number of elements.
  public let count: Int
  /// How the elements lie in memory. Loops read and write float32 only; other tensors are factors of products, or kept and
  /// widened to be read.
  public let precision: Precision
  private let storage: Storage
  private let offset: Int

  /// The first element. Valid while this tensor lives; never to be read or written during a `Plan`.
  public var pointer: UnsafeMutablePointer<Float> {
    precondition(precision == .float32, "a narrowed tensor is widened before it is read")
    return storage.pointer + offset
  }

  /// A tensor whose elements are not set yet.
  public init(_ shape: [Int]) { self.init(shape, .float32) }

  /// A tensor of a precision, whose elements are not set yet.
  public init(_ shape: [Int], _ precision: Precision) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative size in shape \(shape)")
    self.shape = shape
    self.precision = precision
    count = shape.reduce(1, *)
    storage = Storage(bytes: count * precision.bytes)
    offset = 0
  }

  /// A tensor of the given values.
  public init(_ values: [Float], _ shape: [Int]) {
    self.init(shape)
    precondition(values.count == count, "\(values.count) values do not fill shape \(shape)")
    guard count > 0, !Plan.isRunning else { return }
    values.withUnsafeBufferPointer { pointer.update(from: $0.baseAddress!, count: count) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int]) -> Tensor {
    let tensor = Tensor(shape)
    tensor.fill(0)
    return tensor
  }

  private init(shape: [Int], precision: Precision, storage: Storage, offset: Int) {
    self.shape = shape
    self.count = shape.reduce(1, *)
    self.precision = precision
    self.storage = storage
    self.offset = offset
  }

  /// The same elements under another shape of the same count.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "shape \(self.shape) cannot become \(shape)")
    return Tensor(shape: shape, precision: precision, storage: storage, offset: offset)
  }

  /// The elements from `start` on, seen as a tensor of their own; both share memory.
  public func view(at start: Int, _ shape: [Int]) -> Tensor {
    precondition(start >= 0 && start + shape.reduce(1, *) <= count, "view outside the tensor")
    return Tensor(shape: shape, precision: precision, storage: storage, offset: offset + start)
  }

  /// The elements of a narrowed tensor.
  package var halves: UnsafeMutablePointer<UInt16> {
    precondition(precision == .bfloat16, "a tensor of \(precision) has no halves")
    return UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: UInt16.self) + offset
  }

  /// The elements of a bfloat16 tensor, of an even number of columns, two at a time in the place of a float: for loops that
  /// only move numbers. What it says of its precision is that of the places; its numbers are no floats.
  package var pairs: Tensor {
    precondition(
      precision == .bfloat16 && columns % 2 == 0 && offset % 2 == 0, "\(shape) has no pairs of bfloat16")
    return Tensor(
      shape: shape.dropLast() + [columns / 2], precision: .float32, storage: storage, offset: offset / 2)
  }

  /// The size of the last axis, and the number of rows of that size.
  public var columns: Int { shape.last ?? 1 }
  /// The number of rows when all axes but the last are taken as one.
  public var rows: Int { columns == 0 ? 0 : count / columns }

  /// Row `index` when all axes but the last are taken as one.
  public func row(_ index: Int) -> UnsafeMutablePointer<Float> { pointer + index * columns }

  /// The elements as an array; a copy.
  public var values: [Float] {
    precondition(!Plan.isRunning, "a rehearsal has no values")
    return [Float](UnsafeBufferPointer(start: pointer, count: count))
  }
}
