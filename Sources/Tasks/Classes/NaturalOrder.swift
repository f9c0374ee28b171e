/// The order that people put names in: runs of digits count as numbers, so that "2" stands before "10".
enum NaturalOrder {
  /// Whether the first stands before the second. Names that differ in nothing but leading zeros are in the order of their
  /// bytes, so that every two different names have an order.
  static func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if a[i].isDigit, b[j].isDigit {
        let (left, right) = (digits(of: a, from: &i), digits(of: b, from: &j))
        if left.count != right.count { return left.count < right.count }
        if left != right { return left.lexicographicallyPrecedes(right) }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    if i < a.count || j < b.count { return j < b.count }
    return a.lexicographicallyPrecedes(b)
  }

  /// The digits of a number without its leading zeros; moves behind them.
  private static func digits(of bytes: [UInt8], from start: inout Int) -> ArraySlice<UInt8> {
    let end = bytes[start...].firstIndex { !$0.isDigit } ?? bytes.endIndex
    defer { start = end }
    return bytes[start..<end].drop { $0 == UInt8(ascii: "0") }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
