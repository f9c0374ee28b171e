import COpenBLAS

/// The library that computes the products of linear layers.
///
/// It is called on one thread for each tile: its own threads would spin beside ours, would not count denormals as zero,
/// and would cut products by their number.
public enum OpenBLAS {
  /// Its name for the kernels that it chose for this processor, "SkylakeX" or "Haswell", say.
  ///
  /// The bits of a product depend on them: kernels for different vectors add in different orders. The environment
  /// variable OPENBLAS_CORETYPE, read when the program starts, asks for others.
  public static let kernels = String(cString: openblas_get_corename())

  /// Its name and version, "OpenBLAS 0.3.21", say.
  public static let version = String(cString: openblas_get_config()).split(separator: " ").prefix(2)
    .joined(separator: " ")

  /// Has the calling thread compute its products alone, and the first one wait for the library to be set up so.
  @inline(__always) static func computeOnThisThread() {
    _ = isSetUp
    vfm_openblas_on_this_thread()
  }

  private static let isSetUp: Void = vfm_openblas_on_this_thread()

  /// A factor of a product of rows of floats.
  package struct Factor {
    /// The first element of the part that is multiplied.
    package let pointer: UnsafePointer<Float>
    /// Floats from one row in memory to the next.
    package let stride: Int
    /// Whether what is multiplied is the transpose of what lies in memory.
    package let isTransposed: Bool

    package init(pointer: UnsafePointer<Float>, stride: Int, isTransposed: Bool) {
      self.pointer = pointer
      self.stride = stride
      self.isTransposed = isTransposed
    }
  }

  /// c = a b, or c += a b, for c [rows, columns] whose rows are `stride` floats apart.
  package static func multiply(
    rows: Int, columns: Int, terms: Int, _ a: Factor, _ b: Factor, into c: UnsafeMutablePointer<Float>,
    stride: Int, adding: Bool
  ) {
    computeOnThisThread()
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      blasint(rows), blasint(columns), blasint(terms), 1, a.pointer, blasint(a.stride), b.pointer,
      blasint(b.stride), adding ? 1 : 0, c, blasint(stride))
  }
}
