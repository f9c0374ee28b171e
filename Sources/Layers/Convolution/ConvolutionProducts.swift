import Tensors

/// The products of a convolution: rows that are gathered tile by tile, times a matrix.
struct ConvolutionProducts {
  let gather: TapGather
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

  init(_ gather: TapGather, outputs: Int) {
    self.gather = gather
    self.outputs = outputs
    let tiling = ConvolutionTiling(lines: gather.height.taps.count, run: gather.run)
    self.tiling = tiling
    parts = gather.frames.taps.indices.flatMap { frameTap in
      stride(from: 0, to: gather.height.taps.count, by: tiling.lines).map { first in
        let lines = first..<min(first + tiling.lines, gather.height.taps.count)
        return Part(
          frameTap: frameTap, lineTaps: lines, columns: gather.columns(frameTap: frameTap, lineTaps: lines))
      }
    }
  }

  /// Floats of a gathered tile.
  private var tileFloats: Int { tiling.rows * (parts.map(\.columns.count).max() ?? 0) }

  /// Each row times the matrix [N, columns], transposed, plus the bias [N].
  ///
  /// - Parameters:
  ///   - target: its rows get the products.
  ///   - place: which row of the target is that of a row; nil when they are the same.
  func multiply(
    transposed matrix: Tensor, plus bias: Tensor? = nil, into target: Tensor,
    at place: ((_ row: Int) -> Int)? = nil
  ) {
    precondition(matrix.count == outputs * gather.columns, "a weight for each tap and each output")
    countWork()
    guard gather.rows > 0 else { return }
    let (n, tile, floats) = (outputs, tiling.rows, tileFloats)
    let (factors, targets, stride, bias) = (matrix.pointer, target.pointer, target.columns, bias?.pointer)
    let all = FrameRows(
      frames: gather.rows / gather.pixels, pixels: gather.pixels, period: OpenBLAS.rowPeriod)
    parallel(over: all.count, tile: tile, scratch: floats + tile * n, as: .products) { rows, scratch in
      let isDirect = rows.count == tile && place == nil && all.padded == all.pixels
      let output = isDirect ? targets + rows.lowerBound * stride : scratch + floats
      for r in 0..<tile {
        if let bias {
          (output + r * n).update(from: bias, count: n)
        } else {
          (output + r * n).update(repeating: 0, count: n)
        }
      }
      for part in parts where !gather.isZero(frames: all.frames(of: rows), frameTap: part.frameTap) {
        OpenBLAS.multiply(
          rows: tile, columns: n, terms: part.columns.count, factor(part, rows, of: all, scratch),
          OpenBLAS.Factor(
            pointer: factors + part.columns.lowerBound, stride: gather.columns, isTransposed: true),
          into: output, stride: n, adding: true)
      }
      guard !isDirect else { return }
      all.forEachRun(of: rows) { pixels, first in
        for (i, row) in pixels.enumerated() {
          (targets + (place?(row) ?? row) * stride).update(from: output + (first + i) * n, count: n)
        }
      }
    }
  }

  /// sums [N, columns] += dyᵀ rows, for dy [rows, N]: what each weight met.
  func addProducts(of outputGradient: Tensor, to sums: Tensor) {
    countWork()
    guard gather.rows > 0 else { return }
    // A few shares of the rows, each with sums of its own, for each part of the columns: at least eight pieces of work,
    // whatever the number of threads.
    let all = FrameRows(frames: gather.rows / gather.pixels, pixels: gather.pixels, period: 1)
    let tiles = (all.count + tiling.rows - 1) / tiling.rows
    let shares = max(1, min(tiles, (8 + parts.count - 1) / parts.count))
    let shareRows = (tiles + shares - 1) / shares * tiling.rows
    let shared = Tensor([shares, sums.count])
    parallel(over: shares * parts.count, tile: 1, scratch: tileFloats, as: .products) { range, scratch in
      for index in range {
        let (share, part) = (index / parts.count, parts[index % parts.count])
        let target = shared.row(share) + part.columns.lowerBound
        for r in 0..<outputs {
          (target + r * gather.columns).update(repeating: 0, count: part.columns.count)
        }
        let last = min(all.count, (share + 1) * shareRows)
        for first in stride(from: share * shareRows, to: last, by: tiling.rows) {
          let rows = first..<min(first + tiling.rows, last)
          guard !gather.isZero(frames: all.frames(of: rows), frameTap: part.frameTap) else { continue }
          OpenBLAS.multiply(
            rows: outputs, columns: part.columns.count, terms: rows.count,
            OpenBLAS.Factor(pointer: outputGradient.row(first), stride: outputs, isTransposed: true),
            factor(part, rows, of: all, scratch), into: target, stride: gather.columns, adding: true)
        }
      }
    }
    addTileSums(shared, to: sums)
  }

  /// A part of some rows, gathered, or where it lies already.
  private func factor(
    _ part: Part, _ rows: Range<Int>, of all: FrameRows, _ scratch: UnsafeMutablePointer<Float>
  ) -> OpenBLAS.Factor {
    if gather.isSource && rows.count == tiling.rows && all.padded == all.pixels {
      return OpenBLAS.Factor(
        pointer: gather.source.row(rows.lowerBound), stride: gather.columns, isTransposed: false)
    }
    let stride = part.columns.count
    all.forEachRun(of: rows) { pixels, first in
      gather.write(
        pixels, frameTap: part.frameTap, lineTaps: part.lineTaps, to: scratch + first * stride)
    }
    return OpenBLAS.Factor(pointer: scratch, stride: stride, isTransposed: false)
  }

  /// Frames outside the clip are not counted, whatever tiles they share: the count follows from the shapes.
  private func countWork() {
    Work.count(2 * gather.rowsInside * outputs * gather.columns / max(1, gather.frames.taps.count))
  }
}
