import Testing

@testable import DataParallel

@Test(arguments: 1...40) func unitsAreSharedOutInOrderAndEvenly(count: Int) {
  for ranks in 1...count {
    let units = StepUnits(count, ranks: ranks)
    let ranges = (0..<ranks).map(units.range)
    #expect(ranges.flatMap { $0 } == Array(0..<count))
    #expect(ranges.map(\.count).max()! - ranges.map(\.count).min()! <= 1)
    #expect((units.efficiency == 1) == count.isMultiple(of: ranks))
    #expect(units.fitting.contains(ranks) == count.isMultiple(of: ranks))
  }
}

/// A sum written as text, so that its order can be compared.
private func sum(_ operations: [UnitTree.Operation], _ terms: [String]) -> [String] {
  var stack: [String] = []
  for operation in operations {
    switch operation {
    case .take(let term): stack.append(terms[term])
    case .add:
      let right = stack.removeLast()
      stack.append("(\(stack.removeLast())+\(right))")
    }
  }
  return stack
}

@Test func theTreeFollowsFromTheNumberOfUnitsAlone() {
  func whole(_ count: Int) -> [String] {
    sum(
      UnitTree.operations(0..<count, from: (0..<count).map { $0..<$0 + 1 }), (0..<count).map { "\($0)" })
  }
  #expect(whole(1) == ["0"])
  #expect(whole(4) == ["((0+1)+(2+3))"])
  #expect(whole(6) == ["(((0+1)+(2+3))+(4+5))"])
  #expect(whole(7) == ["(((0+1)+(2+3))+((4+5)+6))"])
}

@Test(arguments: 1...24) func anyNumberOfRanksAddsAlongTheSameTree(count: Int) {
  let leaves = (0..<count).map { "\($0)" }
  let expected = sum(UnitTree.operations(0..<count, from: (0..<count).map { $0..<$0 + 1 }), leaves)
  for ranks in 1...count {
    let units = StepUnits(count, ranks: ranks)
    var nodes: [Range<Int>] = []
    var terms: [String] = []
    for rank in 0..<ranks {
      let own = units.range(of: rank)
      nodes += UnitTree.nodes(within: own, of: count)
      // As a rank does it: each unit, and the additions that follow.
      var stack: [String] = []
      for (unit, additions) in zip(own, UnitTree.additions(within: own, of: count)) {
        stack.append(leaves[unit])
        for _ in 0..<additions {
          let right = stack.removeLast()
          stack.append("(\(stack.removeLast())+\(right))")
        }
      }
      terms += stack
    }
    #expect(nodes.count == terms.count)
    #expect(sum(UnitTree.operations(0..<count, from: nodes), terms) == expected, "\(ranks) ranks")
  }
}
