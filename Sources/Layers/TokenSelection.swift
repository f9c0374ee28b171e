import Tensors

/// Some of each clip's tokens, as many of every clip: those that a masked model sees, or those that it is asked for.
///
///     forward: x [B·N, D] to y [B·n, D], the chosen rows;   backward: dy to dx, zero for the others
public struct TokenSelection: Sendable, Equatable {
  /// N, the tokens of a clip.
  public let tokens: Int
  /// The places of the chosen tokens in their clip, in 0..<N, n for each of the B clips.
  public let places: [[Int]]

  /// - Parameters:
  ///   - places: for each clip the places of its tokens, as many for every clip and none twice.
  ///   - tokens: N.
  public init(_ places: [[Int]], of tokens: Int) {
    precondition(
      !places.isEmpty && places.allSatisfy { $0.count == places[0].count },
      "as many tokens of every clip are chosen")
    precondition(places.allSatisfy { $0.allSatisfy { (0..<tokens).contains($0) } }, "a place is no token's")
    self.places = places
    self.tokens = tokens
  }

  /// All tokens of so many clips.
  public static func all(_ tokens: Int, clips: Int) -> TokenSelection {
    TokenSelection(Array(repeating: Array(0..<tokens), count: clips), of: tokens)
  }

  /// B.
  public var clips: Int { places.count }
  /// n, the chosen tokens of a clip.
  public var count: Int { places[0].count }

  /// The chosen rows of x [B·N, D], in the order of the places.
  public func forward(_ x: Tensor) -> Tensor {
    precondition(x.rows == clips * tokens, "\(x.rows) rows are not \(clips) clips of \(tokens) tokens")
    let (y, n) = (Tensor([clips * count, x.columns]), x.columns)
    parallel(over: y.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows { y.row(r).update(from: x.row(row(of: r)), count: n) }
    }
    return y
  }

  /// From dy [B·n, D] to dx [B·N, D].
  public func backward(_ outputGradient: Tensor) -> Tensor {
    precondition(outputGradient.rows == clips * count, "the gradient is of other tokens")
    let n = outputGradient.columns
    let gradient = Tensor.zeros([clips * tokens, n])
    parallel(over: outputGradient.rows, tile: rowsPerTile(columns: n)) { rows in
      for r in rows { gradient.row(row(of: r)).update(from: outputGradient.row(r), count: n) }
    }
    return gradient
  }

  /// Where a chosen row stands among all rows.
  func row(of chosen: Int) -> Int { chosen / count * tokens + places[chosen / count][chosen % count] }
}

/// Two groups of rows of every clip, one behind the other: a [B·n, D] and b [B·m, D] to y [B·(n + m), D].
public func groupsJoined(_ a: Tensor, _ b: Tensor, clips: Int) -> Tensor {
  precondition(a.columns == b.columns && a.rows % clips == 0 && b.rows % clips == 0, "rows do not fit")
  let (n, m, width) = (a.rows / clips, b.rows / clips, a.columns)
  let y = Tensor([a.rows + b.rows, width])
  parallel(over: y.rows, tile: rowsPerTile(columns: width)) { rows in
    for r in rows {
      let (clip, place) = (r / (n + m), r % (n + m))
      y.row(r).update(from: place < n ? a.row(clip * n + place) : b.row(clip * m + place - n), count: width)
    }
  }
  return y
}

/// The gradient of `groupsJoined`: y's rows to those of a, the first n of each clip, and of b.
public func groupsParted(_ y: Tensor, first n: Int, clips: Int) -> (Tensor, Tensor) {
  let (count, width) = (y.rows / clips, y.columns)
  precondition(y.rows % clips == 0 && (0...count).contains(n), "rows do not fit")
  let (a, b) = (Tensor([clips * n, width]), Tensor([clips * (count - n), width]))
  parallel(over: y.rows, tile: rowsPerTile(columns: width)) { rows in
    for r in rows {
      let (clip, place) = (r / count, r % count)
      (place < n ? a.row(clip * n + place) : b.row(clip * (count - n) + place - n))
        .update(from: y.row(r), count: width)
    }
  }
  return (a, b)
}
