extension Array {
  /// At most so many of the elements, at equal distances, in their order.
  package func spread(_ most: Int) -> [Element] {
    let taken = Swift.min(count, most)
    return (0..<taken).map { self[$0 * count / taken] }
  }
}
