import Synchronization
import Tensors
import Testing

struct ParallelTests {
  @Test(arguments: [0, 1, 2, 7, 64, 1000], [1, 3, 64, 5000])
  func eachIndexIsVisitedOnce(count: Int, tile: Int) {
    let visits = (0..<count).map { _ in 0 }
    for threads in [1, 2, 5] {
      var visits = visits
      visits.withUnsafeMutableBufferPointer { visits in
        nonisolated(unsafe) let visits = visits
        Parallel.withThreads(threads) {
          parallel(over: count, tile: tile) { range in
            #expect(range.count <= tile && range.lowerBound % tile == 0)
            for i in range { visits[i] += 1 }
          }
        }
      }
      #expect(visits.allSatisfy { $0 == 1 })
    }
  }

  @Test func resultsHaveTheSameBitsWithAnyNumberOfThreads() {
    func results() -> [UInt32] {
      let (a, b) = (random([333, 65], 1), random([129, 65], 2))
      let c = Tensor([333, 129])
      multiply(a, transposed: b, into: c)
      let weight = Tensor.zeros([129, 65])
      multiplyAdd(transposed: c, a, into: weight)
      let row = Tensor.zeros([129])
      addColumnSums(of: c, to: row)
      let sums = [c.sumOfSquares, weight.sumOfSquares].map(Float.init)
      return (c.values + weight.values + row.values + sums).map(\.bitPattern)
    }
    let alone = Parallel.withThreads(1, results)
    #expect(Parallel.withThreads(2, results) == alone)
    #expect(Parallel.withThreads(5, results) == alone)
  }

  @Test func scratchIsSharedByNoTwoBodiesAtOnce() {
    let clashes = Atomic<Int>(0)
    Parallel.withThreads(5) {
      parallel(over: 200, tile: 1, scratch: 33) { range, scratch in
        for i in 0..<33 { scratch[i] = Float(range.lowerBound) }
        for _ in 0..<1000 {
          for i in 0..<33 where scratch[i] != Float(range.lowerBound) { clashes.add(1, ordering: .relaxed) }
        }
      }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
  }

  @Test func tinyNumbersCountAsZero() {
    let x = Tensor([Float.leastNormalMagnitude, 1], [2])
    x.scale(by: 0.25)
    #expect(x.values == [0, 0.25])
  }
}
