import Tensors

/// A loop that only reads and writes memory, with all threads: as fast as any kernel can be that must read and write as
/// much.
///
/// What is read and written lies in memory of its own, so a kernel that writes where it has read may be a little faster.
struct Stream {
  private let read: Tensor, written: Tensor
  private let sums: Tensor

  /// Floats that one tile reads and writes together.
  private static let tile = 16_384

  /// A loop over so many floats.
  init(reading: Int, writing: Int) {
    (read, written) = (Tensor.zeros([reading]), Tensor.zeros([writing]))
    sums = Tensor([(max(reading, writing, 1) + Self.tile - 1) / Self.tile])
  }

  /// Bytes that a run reads and writes.
  var bytes: Int { (read.count + written.count) * MemoryLayout<Float>.stride }

  func run() {
    let tiles = sums.count
    parallel(over: tiles, tile: 1) { range in
      for tile in range {
        func part(_ tensor: Tensor) -> (UnsafeMutablePointer<Float>, Int) {
          let first = tensor.count * tile / tiles
          return (tensor.pointer + first, tensor.count * (tile + 1) / tiles - first)
        }
        let ((source, reads), (target, writes)) = (part(read), part(written))
        // A sum, so that reading cannot be left out; several at once, so that none waits for another.
        var totals = (Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0), Lanes(repeating: 0))
        var i = 0
        while i &+ 64 <= reads {
          totals.0 += load(source, i, 16)
          totals.1 += load(source, i &+ 16, 16)
          totals.2 += load(source, i &+ 32, 16)
          totals.3 += load(source, i &+ 48, 16)
          i &+= 64
        }
        let total = (totals.0 + totals.1 + totals.2 + totals.3).sum()
        sums.pointer[tile] = total
        target.update(repeating: total, count: writes)
      }
    }
  }
}
