/// Where tiles lie along one axis of a picture, and how much each counts where several overlap. Lengths are latents.
///
/// All tiles have one size. As few as overlap enough are spread evenly over the axis, so the last one is never smaller; an
/// axis that is no longer than a tile has one tile of its own length.
struct TileAxis: Equatable {
  /// Of a tile.
  let size: Int
  /// Ascending; the first is 0.
  let starts: [Int]

  /// - Parameter overlap: of neighbours, at least; less than a tile.
  init(length: Int, tile: Int, overlap: Int) {
    size = min(length, tile)
    let (rest, step) = (length - size, tile - overlap)
    let steps = (rest + step - 1) / step
    starts = (0...steps).map { steps == 0 ? 0 : $0 * rest / steps }
  }

  /// The places of a tile, each of which is `scale` pixels.
  func range(_ tile: Int, scale: Int = 1) -> Range<Int> {
    starts[tile] * scale..<(starts[tile] + size) * scale
  }

  /// The weight of each pixel of each tile; those of one place add up to 1.
  ///
  /// From one tile to the next weights go linearly over what both have: the k-th of n pixels has (k + ½)/n of the next.
  /// At the picture's border nothing fades.
  func weights(scale: Int = 1) -> [[Float]] {
    let pixels = size * scale
    let raw = starts.indices.map { tile in
      let before = tile == 0 ? 0 : overlap(tile - 1) * scale
      let after = tile == starts.count - 1 ? 0 : overlap(tile) * scale
      return (0..<pixels).map { p in
        let fromStart = before == 0 ? 1 : (Double(p) + 0.5) / Double(before)
        let fromEnd = after == 0 ? 1 : (Double(pixels - p) - 0.5) / Double(after)
        return min(1, fromStart, fromEnd)
      }
    }
    // Two that overlap add up to 1 already; more than two do so where tiles overlap by more than half.
    var totals = Array(repeating: 0.0, count: (starts.last! + size) * scale)
    for (start, weights) in zip(starts, raw) {
      for (p, weight) in weights.enumerated() { totals[start * scale + p] += weight }
    }
    return zip(starts, raw).map { start, weights in
      weights.enumerated().map { p, weight in Float(weight / totals[start * scale + p]) }
    }
  }

  /// What a tile shares with the next.
  private func overlap(_ tile: Int) -> Int { starts[tile] + size - starts[tile + 1] }
}
