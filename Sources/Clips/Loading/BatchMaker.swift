import Manifests

/// Makes the samples of any step: a pure function of seed and step, whoever calls and in whatever order.
struct BatchMaker: Sendable {
  let manifest: Manifest
  let order: BatchOrder
  let share: BatchShare
  let reader: WindowReader
  let quarantine: Quarantine

  /// The samples of a step that this process reads.
  /// - Parameter isCancelled: asked before each clip.
  /// - Throws: `BadClipsError`, `QuarantineError`, `PackError`, `LatentsError`, `MachineError`, or `CancellationError` when it is cancelled.
  func samples(step: Int, isCancelled: () -> Bool = { false }) throws -> BatchSamples {
    var samples = BatchSamples()
    let (part, positions) = order.step(step)
    for position in share.positions(of: positions) {
      let (entry, content) = try sample(of: part, at: position, isCancelled)
      samples.entries.append(entry)
      samples.contents.append(content)
    }
    return samples
  }

  private func sample(
    of part: BatchOrder.Part, at position: Int, _ isCancelled: () -> Bool
  ) throws -> (ClipEntry, ClipContent) {
    let (order, draw) = (part.order, part.offset + position)
    for attempt in 0...manifest.count + drawnReplacements {
      if isCancelled() { throw CancellationError() }
      let index = attempt == 0 ? order[position].index : order.replacement(at: draw, attempt: attempt)
      let entry = manifest[index]
      do {
        return (entry, try reader.content(of: entry, shape: part.shape, sample: (draw, attempt)))
      } catch let clip as BadClip {
        try quarantine.take(entry, clip)
      }
    }
    throw quarantine.error
  }
}
