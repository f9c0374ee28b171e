import Foundation
import Tensors
import Testing

struct LanesTests {
  @Test(arguments: [0, 1, 15, 16, 17, 31, 32, 33, 100])
  func sweepsTouchEachElementOnce(n: Int) {
    let (x, y) = (random([n + 1]), Tensor.zeros([n + 1]))
    sweep(n) { i, c in store(load(y.pointer, i, c) + load(x.pointer, i, c), y.pointer, i, c) }
    #expect(y.values.dropLast() == x.values.dropLast())
    #expect(y.values.last == 0)  // nothing beyond the end
  }

  @Test func lanesBeyondTheEndAreZero() {
    let x = Tensor(Array(repeating: 7, count: 16), [16])
    #expect(load(x.pointer, 0, 3) == Lanes([7, 7, 7] + Array(repeating: 0, count: 13)))
  }

  @Test(arguments: [0, 1, 15, 16, 17, 100, 1000])
  func sumsAreThoseOfTheFormula(n: Int) {
    let (x, y) = (random([n + 1], 1), random([n + 1], 2))
    x.pointer[n] = .nan  // not part of it
    let pairs = zip(x.values, y.values).prefix(n)
    #expect(abs(Double(sum(x.pointer, n)) - pairs.reduce(0.0) { $0 + Double($1.0) }) < 1e-4)
    #expect(
      abs(Double(dot(x.pointer, y.pointer, n)) - pairs.reduce(0.0) { $0 + Double($1.0) * Double($1.1) })
        < 1e-4)
  }

  @Test func squareRootsAreTheNearest() {
    let x = Lanes((0..<16).map { Float($0) * 1.7e5 + 1e-20 })
    let roots = squareRoot(x)
    for i in 0..<16 { #expect(roots[i] == x[i].squareRoot()) }
    #expect(squareRoot(Lanes(repeating: -1))[7].isNaN)
  }

  @Test func exponentialsErrByLessThan3InTenMillion() {
    var worst = 0.0
    for step in 0..<250_000 {
      let x = Float(-87 + 175 * Double(step) / 250_000)
      let error = abs(Double(exponential(Lanes(repeating: x))[step % 16]) / exp(Double(x)) - 1)
      worst = max(worst, error)
    }
    #expect(worst < 3e-7)
  }

  @Test func exponentialsBeyondTheRangeAreThoseOfItsEnds() {
    let e = exponential(
      Lanes([-.infinity, -1e30, -88, -87, 0, 88, 89, 1e30, .infinity, .nan] + Array(repeating: 1, count: 6)))
    #expect(e[0] == e[3] && e[1] == e[3] && e[2] == e[3] && e[3] > 0)
    #expect(e[4] == 1)
    #expect(e[6] == e[5] && e[7] == e[5] && e[8] == e[5] && e[5].isFinite)
    #expect(e[9].isNaN)
  }

  @Test func sigmoidsAreThoseOfTheFormula() {
    for x in stride(from: Float(-80), through: 80, by: 0.37) {
      #expect(abs(Double(sigmoid(Lanes(repeating: x))[3]) * (1 + exp(-Double(x))) - 1) < 5e-7)
    }
  }
}
