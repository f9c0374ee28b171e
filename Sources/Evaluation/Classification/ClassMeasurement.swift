import Clips
import Manifests

/// What several models say of the same clips, each of which is read once.
public struct ClassMeasurement: Sendable {
  /// What each scorer said, in their order.
  public let predictions: [ClassPredictions]
  /// Clips that could not be read.
  public let unreadable: [BadClip]
  /// Clips whose label is none of the classes; they are not read.
  public let unlabelled: [ClipEntry]

  /// Measures scorers that tell the same classes apart.
  ///
  /// - Parameters:
  ///   - clips: the list; those whose class is known are read in its order.
  ///   - reader: which views of each.
  ///   - limit: the most clips to measure.
  ///   - batch: views a pass.
  ///   - progress: called before each pass with how many clips are read, and how many there are at most; it says whether
  ///     to go on.
  /// - Returns: nil if it was stopped.
  /// - Throws: `PackError` and `MachineError`, as the reader.
  public static func run(
    _ scorers: [any ClassScorer], on clips: some Sequence<ClipEntry>, reader: ViewReader, limit: Int = .max,
    batch: Int, progress: (_ done: Int, _ all: Int) -> Bool = { _, _ in true }
  ) throws -> ClassMeasurement? {
    precondition(
      scorers.allSatisfy { $0.classes == scorers.first?.classes } && !scorers.isEmpty,
      "scorers that are measured together tell the same classes apart")
    var (labelled, unlabelled) = ([ClipEntry](), [ClipEntry]())
    for entry in clips {
      if scorers[0].truth(entry) == nil { unlabelled.append(entry) } else { labelled.append(entry) }
    }
    var tallies = scorers.map(ClassTally.init)
    let read = try reader.forEachBatch(of: batch, from: labelled, limit: limit) { views in
      guard progress(views.clipsRead, min(limit, labelled.count)) else { return false }
      for place in tallies.indices { tallies[place].add(views.examples, weights: views.weights) }
      return true
    }
    return read.map {
      ClassMeasurement(
        predictions: tallies.map(\.predictions), unreadable: $0.unreadable, unlabelled: unlabelled)
    }
  }
}
