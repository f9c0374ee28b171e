/// Arithmetic on timestamps that files may set to anything: what does not fit stays at the bound.
extension Int64 {
  /// The sum, or the largest or smallest number in its place.
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, or the largest or smallest number in its place.
  func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other > 0 ? .min : .max) : difference
  }
}
