import Tensors
import Testing

@testable import vfm_bench

struct ProductRoofTests {
  @Test func theRateIsAllOperationsOverAllTime() {
    let (large, small) = (
      ProductShape(.forward, rows: 10, columns: 20, terms: 5),
      ProductShape(.weightGradient, rows: 3, columns: 4, terms: 5)
    )
    let roof = ProductRoof([small: 4, large: 2])
    #expect(roof.shapes.map(\.shape) == [large, small])
    #expect(roof.bodies.count == 2)
    // 2 · 2000 operations in 2 · 1 s, 4 · 120 in 4 · 0.5 s.
    #expect(roof.rate([Samples([1]), Samples([0.5])]) == Double(2 * 2000 + 4 * 120) / 4)
  }
}

struct MultiplyAddsTests {
  @Test func aRunDoesWhatItSays() {
    let loop = MultiplyAdds()
    loop.run()
    #expect(loop.results.values.allSatisfy { abs($0 - Float(MultiplyAdds.chains)) < 1e-3 })
    #expect(loop.operations % (2 * 16 * MultiplyAdds.chains) == 0)
  }
}
