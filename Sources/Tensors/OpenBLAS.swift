/// OpenBLAS, which computes the products of linear layers.
public enum OpenBLAS {
  /// The name of its kernels for this processor.
  public static var kernels: String { "unknown" }
}
