import Hashing
import Manifests
import Video

/// The clips of a list by the shapes that they are read in.
public struct ClipBuckets: Sendable {
  /// A shape and its clips.
  public struct Bucket: Sendable {
    /// The shape.
    public let shape: ClipShape
    /// Clips of a step.
    public let batch: Int
    /// The clips' places in the list, ascending.
    public let clips: [Int]
    /// The share of the steps, 0 to 1, if all shapes are learned from at the time.
    public let share: Double
    /// The steps of the run that may have the shape; up to `Int.max` where they end with the run.
    public let steps: Range<Int>
  }

  /// One a shape, in the order of the recipe.
  public let buckets: [Bucket]
  /// Clips that can be read in none of the shapes, by their places in the list, and why.
  public let leftOut: [Int: BadClip]

  /// Sorts clips; those that the index does not tell of are opened.
  ///
  /// - Parameters:
  ///   - shapes: different ones.
  ///   - limits: what a clip may cost.
  ///   - index: what is known of clips, if anything.
  ///   - tolerance: how many clips may be left out.
  /// - Throws: `BadClipsError` when more are, `BucketsError` when a shape has too few clips for a step, `MachineError`.
  public init(
    _ manifest: Manifest, _ shapes: [BatchShape], by choice: ShapeChoice, _ limits: DecodeLimits,
    index: IndexGuard?, tolerance: BadClipTolerance
  ) throws {
    let measures = try ClipMeasures(of: manifest, limits, index: index)
    let rules = shapes.map { ClipRule($0.shape, limits) }
    let all = ClipRule(shapes.map(\.shape), limits)
    var members = Array(repeating: [Int](), count: shapes.count)
    var leftOut: [Int: BadClip] = [:]
    for entry in manifest {
      switch measures.facts[entry.index] {
      case .failure(let clip): leftOut[entry.index] = clip
      case .success(let facts):
        let fitting = rules.indices.filter { rules[$0].fault(of: entry, facts) == nil }
        switch choice {
        case .share: for place in fitting { members[place].append(entry.index) }
        case .clip:
          if let place = ShapeFit(of: entry, facts).best(of: shapes.map(\.shape), among: fitting) {
            members[place].append(entry.index)
          }
        }
        if fitting.isEmpty { leftOut[entry.index] = all.fault(of: entry, facts) }
      }
    }
    let first = leftOut.sorted { $0.key < $1.key }.prefix(BadClipsError.shown).map(\.value)
    if let error = BadClipsError(leftOut.count, of: manifest, tolerance: tolerance, first: first) {
      throw error
    }
    if let error = BucketsError(
      shapes, counts: members.map(\.count), leftOut: leftOut.count, choice: choice, manifest: manifest.path)
    {
      throw error
    }
    // Where clips have one shape each, all of them come as often as any other.
    let shares = zip(shapes, members).map { shape, clips in
      choice == .share ? shape.share : Double(clips.count) / Double(shape.clips)
    }
    let sum = shares.reduce(0, +)
    buckets = shapes.indices.map {
      Bucket(
        shape: shapes[$0].shape, batch: shapes[$0].clips, clips: members[$0], share: shares[$0] / sum,
        steps: shapes[$0].steps)
    }
    self.leftOut = leftOut
  }

  /// When which of the shapes are learned from.
  public var phases: ShapePhases { ShapePhases(buckets.map(\.steps), shares: buckets.map(\.share)) }

  /// A SHA-256 of which clips are in which bucket: positions of a bucket's order mean clips of this list.
  public var digest: String {
    var hash = SHA256()
    for bucket in buckets {
      let line =
        "\(bucket.shape.name) \(bucket.batch): \(bucket.clips.map(String.init).joined(separator: " "))\n"
      Array(line.utf8).withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }
}
