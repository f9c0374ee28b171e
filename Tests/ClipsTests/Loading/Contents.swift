import Clips

/// What a batch holds, for comparing.
struct Contents: Equatable {
  let step: Int
  let shape: ClipShape
  var names: [String]
  var clips: [Float]

  init(_ batch: Batch) {
    step = batch.step
    shape = batch.shape
    names = batch.examples.names
    clips = batch.examples.clips.values
  }
}

/// What the next steps of a loader hold.
func contents(_ loader: BatchLoader, steps: Int) throws -> [Contents] {
  try (0..<steps).map { _ in Contents(try loader.next()) }
}
