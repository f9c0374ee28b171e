import Tensors

/// The products of a convolution: rows that are gathered tile by tile, times a matrix.
///
/// Of bfloat16 the rows are gathered as pairs, each in the place of a float (`Tensor.pairs`).
struct ConvolutionProducts {
  /// Of floats, or of pairs.
  let gather: TapGather
  /// The precision of the factors.
  let precision: Precision
  /// Columns of the output, N.
  let outputs: Int
  private let tiling: ConvolutionTiling
  /// Some lines of the kernel in one frame, each a product.
  private let parts: [Part]

  private struct Part {
    let frameTap: Int
    let lineTaps: Range<Int>
    let columns: Range<Int>
  }

  init(_ gather: TapGather, outputs: Int, _ precision: Precision) {
    self.gather = gather
    self.precision = precision
    self.outputs = outputs
    let tiling = ConvolutionTiling(
      lines: gather.height.taps.count, run: gather.run, period: precision.rowPeriod)
    self.tiling = tiling
    parts = gather.frames.taps.indices.flatMap { frameTap in
      stride(from: 0, to: gather.height.taps.count, by: tiling.lines).map { first in
        let lines = first..<min(first + tiling.lines, gather.height.taps.count)
        return Part(
          frameTap: frameTap, lineTaps: lines, columns: gather.columns(frameTap: frameTap, lineTaps: lines))
      }
    }
  }

  /// Numbers in the place of a float.
  private var numbers: Int { precision == .bfloat16 ? 2 : 1 }
  /// Floats of a gathered tile.
  private var tileFloats: Int { tiling.rows * (parts.map(\.columns.count).max() ?? 0) }

  /// Each row times the matrix [N, columns], transposed, plus the bias [N].
  ///
  /// - Parameters:
  ///   - matrix: of the precision.
  ///   - target: its rows get the products.
  ///   - place: which row of the target is that of a row; nil when they are the same.
  func multiply(
    transposed matrix: Tensor, plus bias: Tensor? = nil, into target: Tensor,
    at place: ((_ row: Int) -> Int)? = nil
  ) {
    precondition(
      matrix.count == outputs * gather.columns * numbers && matrix.precision == precision,
      "a weight for each tap and each output")
    countWork()
    guard gather.rows > 0 else { return }
    let (n, tile, floats) = (outputs, tiling.rows, tileFloats)
    let (targets, stride, bias) = (target.pointer, target.columns, bias?.pointer)
    let all = FrameRows(
      frames: gather.rows / gather.pixels, pixels: gather.pixels, period: precision.rowPeriod)
    let products = parts.map { part in
      let terms = part.columns.count * numbers
      return TileAddition(
        rows: tile, columns: n, terms: terms, .init(stride: terms, isTransposed: false),
        .init(stride: gather.columns * numbers, isTransposed: true), stride: n, precision)
    }
    let work = padded(products.map(\.scratchFloats).max() ?? 0)
    parallel(over: all.count, tile: tile, scratch: floats + tile * n + work, as: .products) {
      rows, scratch in
      let isDirect = rows.count == tile && place == nil && all.padded == all.pixels
      let output = isDirect ? targets + rows.lowerBound * stride : scratch + work + floats
      for r in 0..<tile {
        if let bias {
          (output + r * n).update(from: bias, count: n)
        } else {
          (output + r * n).update(repeating: 0, count: n)
        }
      }
      for (part, product) in zip(parts, products)
      where !gather.isZero(frames: all.frames(of: rows), frameTap: part.frameTap) {
        product.add(
          factor(part, rows, of: all, scratch + work),
          matrix.place(of: part.columns.lowerBound * numbers), to: output, work: scratch)
      }
      guard !isDirect else { return }
      all.forEachRun(of: rows) { pixels, first in
        for (i, row) in pixels.enumerated() {
          (targets + (place?(row) ?? row) * stride).update(from: output + (first + i) * n, count: n)
        }
      }
    }
  }

  /// sums [N, columns] += dyᵀ rows, for dy [rows, N] of the precision: what each weight met.
  func addProducts(of outputGradient: Tensor, to sums: Tensor) {
    precondition(outputGradient.precision == precision, "a gradient of the products' precision")
    countWork()
    guard gather.rows > 0 else { return }
    // A few shares of the rows, each with sums of its own, for each part of the columns: at least eight pieces of work,
    // whatever the number of threads.
    let all = FrameRows(frames: gather.rows / gather.pixels, pixels: gather.pixels, period: 1)
    let tiles = (all.count + tiling.rows - 1) / tiling.rows
    let shares = max(1, min(tiles, (8 + parts.count - 1) / parts.count))
    let shareRows = (tiles + shares - 1) / shares * tiling.rows
    let shared = Tensor([shares, sums.count])
    func product(_ part: Part, rows: Int) -> TileAddition {
      let columns = part.columns.count * numbers
      return TileAddition(
        rows: outputs, columns: columns, terms: rows, .init(stride: outputs, isTransposed: true),
        .init(stride: columns, isTransposed: false), stride: gather.columns * numbers, precision)
    }
    let whole = parts.map { product($0, rows: tiling.rows) }
    let rest = all.count % tiling.rows
    let last = rest == 0 ? whole : parts.map { product($0, rows: rest) }
    let work = padded((whole + last).map(\.scratchFloats).max() ?? 0)
    parallel(over: shares * parts.count, tile: 1, scratch: tileFloats + work, as: .products) {
      range, scratch in
      for index in range {
        let (share, part) = (index / parts.count, parts[index % parts.count])
        let target = shared.row(share) + part.columns.lowerBound * numbers
        let columns = part.columns.count * numbers
        for r in 0..<outputs {
          (target + r * gather.columns * numbers).update(repeating: 0, count: columns)
        }
        let end = min(all.count, (share + 1) * shareRows)
        for first in stride(from: share * shareRows, to: end, by: tiling.rows) {
          let rows = first..<min(first + tiling.rows, end)
          guard !gather.isZero(frames: all.frames(of: rows), frameTap: part.frameTap) else { continue }
          (rows.count == tiling.rows ? whole : last)[index % parts.count].add(
            outputGradient.place(of: first * outputs), factor(part, rows, of: all, scratch + work),
            to: target, work: scratch)
        }
      }
    }
    addTileSums(shared, to: sums)
  }

  /// A part of some rows, gathered, or where it lies already (then it is the only part): rows of so many floats or pairs as
  /// the part has columns.
  private func factor(
    _ part: Part, _ rows: Range<Int>, of all: FrameRows, _ scratch: UnsafeMutablePointer<Float>
  ) -> UnsafeRawPointer {
    if gather.isSource && rows.count == tiling.rows && all.padded == all.pixels {
      return UnsafeRawPointer(gather.source.row(rows.lowerBound))
    }
    let stride = part.columns.count
    all.forEachRun(of: rows) { pixels, first in
      gather.write(
        pixels, frameTap: part.frameTap, lineTaps: part.lineTaps, to: scratch + first * stride)
    }
    return UnsafeRawPointer(scratch)
  }

  /// Whole lines of the cache.
  private func padded(_ floats: Int) -> Int { (floats + 15) & ~15 }

  /// Frames outside the clip are not counted, whatever tiles they share: the count follows from the shapes.
  private func countWork() {
    Work.count(2 * gather.rowsInside * outputs * gather.columns * numbers / max(1, gather.frames.taps.count))
  }
}
