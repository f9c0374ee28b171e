import GradientCheck
import Layers
import Tensors
import Testing

struct DropPathTests {
  private func paths(_ rate: Double = 0.2, depth: Int = 5, step: Int = 3, firstSample: Int = 0) -> DropPath {
    DropPath(rate: rate, depth: depth, seed: 7, step: step, firstSample: firstSample)
  }

  @Test func theRateRisesInEqualSteps() {
    for (block, rate) in [0, 0.05, 0.1, 0.15, 0.2].enumerated() {
      #expect(abs(paths().rate(ofBlock: block) - rate) < 1e-15)
    }
    #expect(paths(depth: 1).rate(ofBlock: 0) == 0.2)
  }

  @Test func theFirstBlockIsNeverLeftOut() {
    #expect(paths().factors(block: 0, branch: 0, clips: 50) == Array(repeating: 1, count: 50))
    #expect(paths(0).factors(block: 4, branch: 1, clips: 50) == Array(repeating: 1, count: 50))
  }

  @Test(arguments: [1, 4], [0, 1])
  func factorsAreOneInTheMean(block: Int, branch: Int) {
    let factors = paths().factors(block: block, branch: branch, clips: 20_000)
    let rate = paths().rate(ofBlock: block)
    #expect(Set(factors) == [0, Float(1 / (1 - rate))])
    #expect(abs(Double(factors.count { $0 == 0 }) / 20_000 - rate) < 0.01)
    #expect(abs(Double(factors.reduce(0, +)) / 20_000 - 1) < 0.02)
  }

  @Test func eachBranchBlockStepAndClipDrawsItsOwn() {
    let first = paths(0.5).factors(block: 4, branch: 0, clips: 64)
    #expect(first == paths(0.5).factors(block: 4, branch: 0, clips: 64))
    #expect(first != paths(0.5).factors(block: 4, branch: 1, clips: 64))
    #expect(first != paths(0.5, step: 4).factors(block: 4, branch: 0, clips: 64))
    #expect(first.map { $0 == 0 } != paths(0.5).factors(block: 3, branch: 0, clips: 64).map { $0 == 0 })
  }

  @Test func aPassInPartsDrawsWhatTheWholeOneDoes() {
    let whole = paths(0.5).factors(block: 4, branch: 1, clips: 12)
    let parts = [0, 4, 8].flatMap { paths(0.5, firstSample: $0).factors(block: 4, branch: 1, clips: 4) }
    #expect(whole == parts)
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 5), (3, 1, 17), (2, 40, 130), (5, 4, 16)])
  func gradientsOfScalingAreRight(clips: Int, rows: Int, width: Int) {
    let factors = (0..<clips).map { Float($0 % 3) * 0.7 }
    let piece = Differentiable(["x": gaussian([clips * rows, width])]) { inputs in
      let y = inputs[0].copied()
      scaleGroups(y, by: factors)
      return (
        y,
        { gradient in
          let dx = gradient.copied()
          scaleGroups(dx, by: factors)
          return [dx]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func eachClipsRowsAreScaled() {
    let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [6, 2])
    scaleGroups(x, by: [2, 0, 1])
    #expect(x.values == [2, 4, 6, 8, 0, 0, 0, 0, 9, 10, 11, 12])
  }
}
