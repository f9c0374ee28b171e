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

/// Scales and shifts rows by their group's vectors.
///
///     y = x · (1 + scale) + shift
///
/// Peebles and Xie, "Scalable diffusion models with transformers", 2023. Saves its input.
public struct Modulation: Sendable {
  /// Which of the group's vectors is the shift and which the scale.
  public let shift: Int, scale: Int

  /// A layer without parameters.
  public init(shift: Int, scale: Int) {
    self.shift = shift
    self.scale = scale
  }

  /// x [R, D] by vectors [G, C·D].
  public func forward(_ x: Tensor, by vectors: ModulationVectors) -> (output: Tensor, saved: Tensor) {
    let y = Tensor(x.shape)
    let rowsPerGroup = vectors.rowsPerGroup(x)
    parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { rows in
      for r in rows {
        let (source, target) = (x.row(r), y.row(r))
        let b = vectors.vector(r / rowsPerGroup, shift)
        let s = vectors.vector(r / rowsPerGroup, scale)
        sweep(x.columns) { i, c in
          let v = load(source, i, c)
          store((load(b, i, c) + v).addingProduct(v, load(s, i, c)), target, i, c)
        }
      }
    }
    return (y, x)
  }

  // dx = dy · (1 + scale),  dscale = Σ over the group dy · x,  dshift = Σ over the group dy.
  /// The gradient of x; those of shift and scale are written into their places of `vectorsGradient`.
  public func backward(
    _ outputGradient: Tensor, _ saved: Tensor, by vectors: ModulationVectors,
    into vectorsGradient: ModulationVectors
  ) -> Tensor {
    let inputGradient = Tensor(saved.shape)
    let groups = vectors.vectors.rows
    let (rowsPerGroup, width) = (vectors.rowsPerGroup(saved), vectors.width)
    parallel(over: groups, tile: 1) { range in
      for group in range {
        let (s, db, ds) = (
          vectors.vector(group, scale), vectorsGradient.vector(group, shift),
          vectorsGradient.vector(group, scale)
        )
        db.update(repeating: 0, count: width)
        ds.update(repeating: 0, count: width)
        for r in group * rowsPerGroup..<(group + 1) * rowsPerGroup {
          let (x, dy, dx) = (saved.row(r), outputGradient.row(r), inputGradient.row(r))
          sweep(width) { i, c in
            let g = load(dy, i, c)
            store(g.addingProduct(g, load(s, i, c)), dx, i, c)
            store(load(db, i, c) + g, db, i, c)
            store(load(ds, i, c).addingProduct(g, load(x, i, c)), ds, i, c)
          }
        }
      }
    }
    return inputGradient
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
    let groups = vectors.vectors.rows
    let (rowsPerGroup, width) = (vectors.rowsPerGroup(saved), vectors.width)
    parallel(over: groups, tile: 1) { range in
      for group in range {
        let (g, dg) = (vectors.vector(group, gate), vectorsGradient.vector(group, gate))
        dg.update(repeating: 0, count: width)
        for r in group * rowsPerGroup..<(group + 1) * rowsPerGroup {
          let (branch, dy, db) = (saved.row(r), outputGradient.row(r), branchGradient.row(r))
          sweep(width) { i, c in
            let d = load(dy, i, c)
            store(d * load(g, i, c), db, i, c)
            store(load(dg, i, c).addingProduct(d, load(branch, i, c)), dg, i, c)
          }
        }
      }
    }
    return branchGradient
  }
}
