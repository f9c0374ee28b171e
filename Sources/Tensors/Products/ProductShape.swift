/// The sizes of a matrix product of tensors, and how its factors lie in memory.
public struct ProductShape: Hashable, Sendable, CustomStringConvertible {
  /// Which factor is transposed, by what a linear layer needs the product for.
  public enum Form: String, Hashable, Sendable, CaseIterable {
    /// a bᵀ: the output.
    case forward
    /// a b: the gradient of the input.
    case inputGradient
    /// aᵀ b: the gradient of the weight.
    case weightGradient
  }

  /// What the product is for.
  public let form: Form
  /// Sizes of the output.
  public let rows: Int, columns: Int
  /// How many products are summed in each element of the output.
  public let terms: Int
  /// The precision of both factors; sums are float32.
  public let precision: Precision

  /// A product of these sizes.
  public init(_ form: Form, rows: Int, columns: Int, terms: Int, _ precision: Precision = .float32) {
    self.form = form
    self.rows = rows
    self.columns = columns
    self.terms = terms
    self.precision = precision
  }

  /// Floating-point operations (a multiply and an add are two).
  public var operations: Int { 2 * rows * columns * terms }

  /// What it is for, rows × columns × terms, and the factors' precision if it is not float32.
  public var description: String {
    let sizes = "\(form.rawValue) \(rows) × \(columns) × \(terms)"
    return precision == .float32 ? sizes : "\(sizes) \(precision.rawValue)"
  }
}
