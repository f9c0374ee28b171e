import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

/// Sinusoids, and the rotary positions of V-JEPA 2.
struct PositionCodesTests {
  @Test func sinusoidsAreThoseOfTheirFormula() {
    let (width, tokens) = (7, 5)
    let x = Tensor.zeros([4, width])
    SinusoidPositions(width: width).add(to: x, at: TokenSelection([[4, 0], [1, 3]], of: tokens))
    for (row, place) in [4, 0, 1, 3].enumerated() {
      for d in 0..<width {
        let angle = Double(place) / pow(10_000, Double(d / 2 * 2) / Double(width))
        let expected = d % 2 == 0 ? sin(angle) : cos(angle)
        #expect(abs(Double(x.row(row)[d]) - expected) < 1e-6)
      }
    }
  }

  @Test(arguments: [(6, 1), (10, 2), (32, 1), (13, 1), (64, 3)], [false, true])
  func gradientsOfTiledRotaryPositionsAreRight(sizes: (headWidth: Int, heads: Int), isSelected: Bool) {
    let rotary = TiledRotaryPositions(headWidth: sizes.headWidth)
    let grid = TokenGrid(frames: 2, height: 3, width: 4)
    let selection = TokenSelection([[23, 4, 9], [1, 2, 17]], of: grid.tokens)
    let table = rotary.table(grid, at: isSelected ? selection : nil)
    let rows = isSelected ? 6 : 2 * grid.tokens
    let piece = Differentiable(["x": gaussian([rows, sizes.headWidth * sizes.heads])]) { inputs in
      let y = inputs[0].copied()
      rotary.forward(y, by: table)
      return (
        y,
        { gradient in
          let back = gradient.copied()
          rotary.backward(back, by: table)
          return [back]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  /// The formula at one token, number by number.
  @Test func anglesAreTiledRatherThanRepeated() {
    let k = 14  // 4 numbers an axis, 2 left alone
    let grid = TokenGrid(frames: 3, height: 4, width: 5)
    let x = gaussian([grid.tokens, k])
    let y = x.copied()
    let rotary = TiledRotaryPositions(headWidth: k)
    rotary.forward(y, by: rotary.table(grid))
    let (t, h, w) = (2, 1, 3)
    let row = (t * 4 + h) * 5 + w
    for (axis, place) in [t, h, w].enumerated() {
      for i in 0..<2 {
        let (even, odd) = (4 * axis + 2 * i, 4 * axis + 2 * i + 1)
        func angle(_ e: Int) -> Double { Double(place) * pow(10_000, -Double(e % 4 % 2) / 2) }
        let (a, b) = (Double(x.row(row)[even]), Double(x.row(row)[odd]))
        #expect(abs(Double(y.row(row)[even]) - (a * cos(angle(even)) - b * sin(angle(even)))) < 1e-5)
        #expect(abs(Double(y.row(row)[odd]) - (b * cos(angle(odd)) + a * sin(angle(odd)))) < 1e-5)
      }
    }
    for e in 12..<14 { #expect(y.row(row)[e] == x.row(row)[e]) }
  }

  @Test func pixelsAreNormalisedAsImageNets() {
    let clips = Tensor([-1, 1, -1, 1, -1, 1], [1, 3, 1, 1, 2])
    let normal = imageNetNormalized(clips).values
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    for c in 0..<3 {
      #expect(abs(normal[2 * c] - (0 - mean[c]) / deviation[c]) < 1e-5)
      #expect(abs(normal[2 * c + 1] - (1 - mean[c]) / deviation[c]) < 1e-5)
    }
  }
}
