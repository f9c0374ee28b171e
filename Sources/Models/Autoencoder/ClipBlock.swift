import Layers
import Tensors

/// A block of pictures: some of the frames, lines and columns of each clip.
struct ClipBlock: Equatable {
  var frames: Range<Int>, lines: Range<Int>, columns: Range<Int>

  /// Some frames, and all of each.
  init(frames: Range<Int>, of pictures: Tensor) {
    self.init(frames: frames, lines: 0..<pictures.shape[2], columns: 0..<pictures.shape[3])
  }

  init(frames: Range<Int>, lines: Range<Int>, columns: Range<Int>) {
    (self.frames, self.lines, self.columns) = (frames, lines, columns)
  }

  var shape: [Int] { [frames.count, lines.count, columns.count] }
}

// Blocks of pictures [G, F, H, W, C]: latents as they are, and clips as one picture for each colour.

extension Tensor {
  /// Clips [B, C, F, H, W] as pictures [B·C, F, H, W, 1].
  var asPictures: Tensor { reshaped([shape[0] * shape[1]] + shape[2...] + [1]) }

  /// Pictures [B·C, F, H, W, 1] as clips of so many colours.
  func asClips(channels: Int) -> Tensor {
    reshaped([shape[0] / channels, channels] + shape[1...3])
  }

  /// A block, as a copy.
  func block(_ block: ClipBlock) -> Tensor {
    let copy = Tensor([shape[0]] + block.shape + [shape[4]])
    eachLine(of: block) { line, place in
      copy.row(line * block.columns.count)
        .update(from: row(place), count: block.columns.count * columns)
    }
    return copy
  }

  /// Overwrites a block.
  func setBlock(_ block: ClipBlock, to part: Tensor) {
    eachLine(of: block) { line, place in
      row(place).update(
        from: part.row(line * block.columns.count), count: block.columns.count * columns)
    }
  }

  /// Adds a part to a block, each pixel times the weights of its line and of its column.
  func addToBlock(_ block: ClipBlock, _ part: Tensor, lineWeights: [Float], columnWeights: [Float]) {
    let lines = block.lines.count
    // A weight for each number of a line.
    let weights = Tensor(
      columnWeights.flatMap { Array(repeating: $0, count: columns) }, [columnWeights.count, columns])
    eachLine(of: block) { line, place in
      let (x, y, w) = (part.row(line * block.columns.count), row(place), weights.pointer)
      let factor = Lanes(repeating: lineWeights[line % lines])
      sweep(weights.count) { i, c in
        store(load(y, i, c).addingProduct(factor * load(w, i, c), load(x, i, c)), y, i, c)
      }
    }
  }

  /// Calls `body` with each line of a block, counted in the block, and the first of its pixels, counted here.
  private func eachLine(of block: ClipBlock, _ body: (_ line: Int, _ place: Int) -> Void) {
    let (frames, height, width) = (shape[1], shape[2], shape[3])
    precondition(
      block.frames.upperBound <= frames && block.lines.upperBound <= height
        && block.columns.upperBound <= width, "\(block) lies outside pictures \(shape)")
    let (taken, lines) = (block.frames.count, block.lines.count)
    let perTile = rowsPerTile(columns: block.columns.count * columns)
    parallel(over: shape[0] * taken * lines, tile: perTile) { range in
      for line in range {
        let frame = line / lines % taken + block.frames.lowerBound
        let picture = line / (lines * taken) * frames + frame
        body(
          line, (picture * height + line % lines + block.lines.lowerBound) * width + block.columns.lowerBound)
      }
    }
  }
}
