import Tensors
import Testing

struct KeyedPermutationTests {
  @Test(arguments: [1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 1000, 1024, 1025, 40_000])
  func isOneToOne(count: Int) {
    for round in 0..<3 {
      let permutation = KeyedPermutation(count: count, seed: 7, round: round)
      #expect((0..<count).map { permutation[$0] }.sorted() == Array(0..<count))
    }
  }

  @Test func dependsOnSeedAndRound() {
    func order(_ seed: UInt64, _ round: Int) -> [Int] {
      let permutation = KeyedPermutation(count: 100, seed: seed, round: round)
      return (0..<100).map { permutation[$0] }
    }
    #expect(Set([order(1, 0), order(1, 1), order(1, 2), order(2, 0)]).count == 4)
    #expect(order(1, 1) == order(1, 1))
  }

  /// Over many rounds each value comes first equally often.
  @Test func favoursNoValue() {
    var counts = Array(repeating: 0, count: 10)
    for round in 0..<10_000 { counts[KeyedPermutation(count: 10, seed: 3, round: round)[0]] += 1 }
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
  }
}
