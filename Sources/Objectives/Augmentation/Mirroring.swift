import Tensors

/// Mirrors training clips left to right, where it is known of which class a mirrored clip is.
public struct Mirroring: Sendable, Equatable {
  /// How likely a clip is mirrored, 0 to 1, if its class allows it.
  public let probability: Double
  /// The class that a mirrored clip of each class is of, [C]; nil for classes that are never mirrored.
  public let mirrored: [Int?]

  /// Mirroring with a given likelihood.
  public init(probability: Double, mirrored: [Int?]) {
    self.probability = probability
    self.mirrored = mirrored
  }

  /// Which clips of a pass are mirrored, [B].
  public func draws(_ classes: [Int], at position: Position) -> [Bool] {
    classes.indices.map { clip in
      guard mirrored[classes[clip]] != nil else { return false }
      var stream = RandomStream(
        seed: position.seed, purpose: .flip, step: position.step, sample: position.firstSample + clip)
      return stream.uniform() < probability
    }
  }

  /// The classes of clips when some of them are mirrored.
  public func classes(_ classes: [Int], mirroring draws: [Bool]) -> [Int] {
    zip(classes, draws).map { $1 ? mirrored[$0]! : $0 }
  }

  /// A copy of clips [B, C, F, H, W], some of them mirrored.
  static func copy(_ clips: Tensor, mirroring draws: [Bool]) -> Tensor {
    let copy = Tensor(clips.shape)
    let width = clips.columns
    let rowsPerClip = clips.rows / max(1, draws.count)
    parallel(over: clips.rows, tile: rowsPerTile(columns: width)) { range in
      for r in range {
        let (x, y) = (clips.row(r), copy.row(r))
        if draws[r / rowsPerClip] {
          for column in 0..<width { y[column] = x[width - 1 - column] }
        } else {
          y.update(from: x, count: width)
        }
      }
    }
    return copy
  }
}
