import Clips
import Fields

extension Recipe {
  /// The shapes that steps have, with their clips and shares; one where the recipe names no others.
  ///
  /// A batch of another shape has as many clips as have no more tokens than `training.batchSize` clips of the recipe's own
  /// shape, and at least one; all batches of a step are of one shape.
  public var batchShapes: [BatchShape] {
    guard !data.shapes.isEmpty else {
      return [BatchShape(data.clipShape, clips: training.clipsPerStep, tokens: task.tokensPerClip)]
    }
    return data.shapes.map { entry in
      let tokens = max(1, task.tokens(of: entry.shape) ?? task.tokensPerClip)
      let clips = entry.clips ?? max(1, training.batchSize * task.tokensPerClip / tokens)
      return BatchShape(
        entry.shape, clips: clips * training.gradientAccumulation, tokens: tokens, share: entry.share)
    }
  }

  /// Reports shapes that the task's model cannot take.
  func checkShapes(_ section: Section) {
    guard !data.shapes.isEmpty else { return }
    guard task.tokens(of: data.clipShape) != nil else {
      return section.reader.expect(
        false, of: "data.shapes", "task.kind",
        otherwise:
          "a model of kind \"\(kind.rawValue)\" is made for clips of one shape, data.frames × data.height × data.width; "
          + "leave the key out")
    }
    for (place, entry) in data.shapes.enumerated() {
      let path = "data.shapes[\(place)]"
      task.check(entry.shape, at: path, section)
      let clips = batchShapes[place].clips
      section.reader.expect(
        clips <= 65_536, of: "\(path).frames", "\(path).clips", "training.batchSize",
        "training.gradientAccumulation",
        otherwise:
          "\(clips) clips of \(entry.shape.name) would make a step, more than 65536; give the shape fewer \"clips\""
      )
    }
  }
}
