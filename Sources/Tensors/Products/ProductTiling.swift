/// How a product is cut into tiles, each of which is one call of a library on one thread.
///
/// Tiles follow from the shape alone, so the bits do too. The libraries lay both factors of a tile into panels of their own,
/// so tiles are large: about eight a product, which a few threads share evenly.
struct ProductTiling: Equatable {
  /// Sizes of a tile of the output; those at its lower and right edges may be smaller.
  let rows: Int, columns: Int
  /// Terms of a tile; the last part may have fewer. Where there are several parts, their sums are added at the end.
  let terms: Int

  private static let tiles = 8

  init(_ shape: ProductShape) {
    switch (shape.form, shape.precision) {
    case (.weightGradient, .float32): self = Self.ofWeightGradient(shape)
    case (.weightGradient, .bfloat16): self = Self.ofNarrowWeightGradient(shape)
    case (.forward, _), (.inputGradient, _): self = Self.ofRows(shape)
    }
  }

  private init(rows: Int, columns: Int, terms: Int) {
    self.rows = max(1, rows)
    self.columns = max(1, columns)
    self.terms = max(1, terms)
  }

  /// A row for each token: tall tiles of whole rows, so that the weight is laid out seldom.
  private static func ofRows(_ shape: ProductShape) -> ProductTiling {
    // Few rows: the weight is used once, and laying it out would cost more than the product. OpenBLAS's kernels for
    // small products (AVX-512) read it where it lies; others lose nothing by narrow tiles.
    guard shape.rows > 32 else {
      return ProductTiling(rows: shape.rows, columns: 32, terms: shape.terms)
    }
    let down = min(max(shape.rows / 128, 1), tiles)
    return ProductTiling(
      rows: min(512, share(shape.rows, of: down)),
      columns: max(96, share(shape.columns, of: max(1, tiles / down))), terms: shape.terms)
  }

  /// A row for each output of a layer, and as many terms as tokens: about square tiles, which cost the least to lay out,
  /// and where the weight is small, parts of the terms.
  private static func ofWeightGradient(_ shape: ProductShape) -> ProductTiling {
    let (down, across) = (pieces(shape.rows, of: 384), pieces(shape.columns, of: 384))
    let parts = min(max(1, tiles / (down * across)), max(1, shape.terms / 512))
    var slices = 1
    while down * slices * across * parts < tiles && shape.rows / (2 * down * slices) >= 96 { slices *= 2 }
    return ProductTiling(
      rows: share(shape.rows, of: down * slices), columns: share(shape.columns, of: across),
      terms: share(shape.terms, of: parts))
  }

  /// The same for factors of bfloat16, in flatter tiles: oneDNN transposes the left factor of each. A tile of some rows has gaps
  /// between them in memory, for which oneDNN takes other code, a seventh slower, which has memory of its own while it
  /// computes; but more parts of the terms, which would have no gaps, cost a quarter for adding up their sums.
  private static func ofNarrowWeightGradient(_ shape: ProductShape) -> ProductTiling {
    let (down, across) = (max(1, shape.rows / 192), pieces(shape.columns, of: 768))
    let parts = min(max(1, tiles / (down * across)), max(1, shape.terms / 512))
    return ProductTiling(
      rows: share(shape.rows, of: down), columns: share(shape.columns, of: across),
      terms: share(shape.terms, of: parts))
  }

  /// An equal share, in whole groups of sixteen.
  private static func share(_ n: Int, of parts: Int) -> Int { ((n + parts - 1) / parts + 15) & ~15 }

  /// Into how many pieces of about a size.
  private static func pieces(_ n: Int, of size: Int) -> Int { max(1, (n + size / 2) / size) }
}
