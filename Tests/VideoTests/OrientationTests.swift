import Testing

@testable import Video

@Suite struct OrientationTests {
  /// Display matrices as phones write them, in whole numbers: a b u, c d v, x y w.
  @Test(
    arguments: [
      ([1, 0, 0, 0, 1, 0, 0, 0, 1], 0, false),
      ([0, 1, 0, -1, 0, 0, 0, 0, 1], 90, true),
      ([-1, 0, 0, 0, -1, 0, 0, 0, 1], 180, false),
      ([0, -1, 0, 1, 0, 0, 0, 0, 1], 270, true),
      ([-1, 0, 0, 0, 1, 0, 0, 0, 1], 0, false),
    ] as [([Int32], Int, Bool)])
  func readsTheDisplayMatrix(matrix: [Int32], rotation: Int, swaps: Bool) {
    let orientation = Orientation(displayMatrix: matrix.map { $0 * 65536 })
    #expect(orientation.rotation == rotation)
    #expect(orientation.swapsAxes == swaps)
  }

  @Test func turnsSizesAfterStretchingPixels() {
    let turned = Orientation(swapsAxes: true, flipsX: true, flipsY: false)
    #expect(turned.displayedSize(width: 100, height: 50, aspect: 2) == (50, 200))
    #expect(Orientation.upright.displayedSize(width: 100, height: 50, aspect: 2) == (200, 50))
  }
}
