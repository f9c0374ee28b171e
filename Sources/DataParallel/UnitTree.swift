/// The binary tree along which the gradients of a step's units are added. Its shape follows from their number alone:
///
///     sum of units a..<b = sum of a..<m + sum of m..<b,   m = a + the greatest power of two below b − a
///
/// Floats are added in another order, and so to other bits, only if the tree is another. So any number of ranks gives the same:
/// each adds up those nodes of the tree that lie within its units, and whoever needs the whole sum adds these along the rest.
enum UnitTree {
  /// What a sum does one after the other, with a stack of terms.
  enum Operation: Equatable {
    /// Puts a term on the stack.
    case take(Int)
    /// Adds the term on top to the one below it.
    case add
  }

  /// Where a node is divided.
  private static func middle(_ node: Range<Int>) -> Int {
    var power = 1
    while power * 2 < node.count { power *= 2 }
    return node.lowerBound + power
  }

  /// The nodes of the tree over `count` units that lie within some of them, the greatest such, in order.
  static func nodes(within units: Range<Int>, of count: Int) -> [Range<Int>] {
    func nodes(_ node: Range<Int>) -> [Range<Int>] {
      if !node.overlaps(units) { return [] }
      if units.lowerBound <= node.lowerBound && node.upperBound <= units.upperBound { return [node] }
      let middle = middle(node)
      return nodes(node.lowerBound..<middle) + nodes(middle..<node.upperBound)
    }
    return nodes(0..<count)
  }

  /// How a node is added up from `terms`, which are nodes within it and cover it, in order.
  static func operations(_ node: Range<Int>, from terms: [Range<Int>]) -> [Operation] {
    if let term = terms.firstIndex(of: node) { return [.take(term)] }
    let middle = middle(node)
    return operations(node.lowerBound..<middle, from: terms)
      + operations(middle..<node.upperBound, from: terms) + [.add]
  }

  /// The most terms that lie on the stack at once.
  static func depth(_ operations: [Operation]) -> Int {
    var (depth, most) = (0, 0)
    for operation in operations {
      if case .take = operation { depth += 1 } else { depth -= 1 }
      most = max(most, depth)
    }
    return most
  }

  /// For each of some units, how many additions follow once its gradient is there, for the nodes that lie within them.
  static func additions(within units: Range<Int>, of count: Int) -> [Int] {
    var additions: [Int] = []
    for node in nodes(within: units, of: count) {
      for operation in operations(node, from: node.map { $0..<$0 + 1 }) {
        if case .take = operation { additions.append(0) } else { additions[additions.count - 1] += 1 }
      }
    }
    return additions
  }
}
