import Tensors

/// Conditioning vectors for groups of rows: [G, C·D], C vectors of width D for each group of R/G consecutive rows.
///
/// A group is what shares a time: the tokens of one latent frame of one clip.
public struct ModulationVectors {
  /// [G, C·D].
  public let vectors: Tensor
  /// D.
  public let width: Int
  /// G rows of C·D numbers.
  public init(_ vectors: Tensor, width: Int) {
    precondition(
      vectors.columns % width == 0, "vectors of width \(width) do not fill rows of \(vectors.columns)")
    self.vectors = vectors
    self.width = width
  }
  /// R/G, for rows x [R, D].
  func rowsPerGroup(_ x: Tensor) -> Int {
    precondition(x.columns == width, "rows of \(x.columns) numbers, but vectors of \(width)")
    precondition(x.rows % vectors.rows == 0, "\(vectors.rows) groups do not divide \(x.rows) rows")
    return x.rows / vectors.rows
  }
  /// Vector `index` of a group.
  @inline(__always) func vector(_ group: Int, _ index: Int) -> UnsafeMutablePointer<Float> {
    vectors.row(group) + index * width
  }
}

/// Sums over the rows of each group, `places` vectors of width D a group, written into their places of `gradient`.
///
/// `body` adds its rows into sums [places·D].
func sumGroups(
  of x: Tensor, into gradient: ModulationVectors, places: [Int],
  _ body: (_ group: Int, _ rows: Range<Int>, _ sums: UnsafeMutablePointer<Float>) -> Void
) {
  let (groups, width) = (gradient.vectors.rows, gradient.width)
  let sums = tileSums(
    groups: groups, rowsPerGroup: gradient.rowsPerGroup(x), columns: places.count * width, body)
  let tiles = sums.rows / groups
  parallel(over: groups, tile: 1) { range in
    for group in range {
      for (place, vector) in places.enumerated() {
        let target = gradient.vector(group, vector)
        target.update(from: sums.row(group * tiles) + place * width, count: width)
        for index in group * tiles + 1..<(group + 1) * tiles {
          let source = sums.row(index) + place * width
          sweep(width) { i, c in store(load(target, i, c) + load(source, i, c), target, i, c) }
        }
      }
    }
  }
}

/// Adds a branch to the residual stream through its group's gate.
///
///     y = x + gate · branch
///
/// Saves the branch. The gradient of x is the output's own.
public struct GatedResidual: Sendable {
  /// Which of the group's vectors is the gate.
  public let gate: Int

  /// A layer without parameters.
  public init(gate: Int) { self.gate = gate }

  /// x and branch [R, D], vectors [G, C·D].
  public func forward(
    _ x: Tensor, _ branch: Tensor, by vectors: ModulationVectors
  ) -> (output: Tensor, saved: Tensor) {
    let y = Tensor(x.shape)
    let rowsPerGroup = vectors.rowsPerGroup(x)
    parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { rows in
      for r in rows {
        let (stream, source, target) = (x.row(r), branch.row(r), y.row(r))
        let g = vectors.vector(r / rowsPerGroup, gate)
        sweep(x.columns) { i, c in
          store(load(stream, i, c).addingProduct(load(g, i, c), load(source, i, c)), target, i, c)
        }
      }
    }
    return (y, branch)
  }

  // dbranch = dy · gate,  dgate = Σ over the group dy · branch.
  /// The gradient of the branch; the gate's is written into its place of `vectorsGradient`.
  public func backward(
    _ outputGradient: Tensor, _ saved: Tensor, by vectors: ModulationVectors,
    into vectorsGradient: ModulationVectors
  ) -> Tensor {
    let branchGradient = Tensor(saved.shape)
    sumGroups(of: saved, into: vectorsGradient, places: [gate]) { group, rows, dg in
      let g = vectors.vector(group, gate)
      for r in rows {
        let (branch, dy, db) = (saved.row(r), outputGradient.row(r), branchGradient.row(r))
        sweep(vectors.width) { i, c in
          let d = load(dy, i, c)
          store(d * load(g, i, c), db, i, c)
          store(load(dg, i, c).addingProduct(d, load(branch, i, c)), dg, i, c)
        }
      }
    }
    return branchGradient
  }
}
