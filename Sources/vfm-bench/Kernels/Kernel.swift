/// One loop over tensors, and what bounds it.
struct Kernel {
  /// The least that any program would need for the same result.
  enum Bound {
    /// Floats to read and to write.
    case memory(reading: Int, writing: Int)
    /// Floating-point operations, at the rate of multiply-adds in registers.
    case arithmetic(operations: Int)
  }

  let name: String
  let bound: Bound
  let run: () -> Void

  init(_ name: String, _ bound: Bound, _ run: @escaping () -> Void) {
    self.name = name
    self.bound = bound
    self.run = run
  }
}
