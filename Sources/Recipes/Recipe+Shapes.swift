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
        entry.shape, clips: clips * training.gradientAccumulation, tokens: tokens, share: entry.share,
        steps: entry.steps)
    }
  }

  /// How many of the run's steps each of them has, as shares that add up to 1.
  public var shapeShares: [Double] { ShapePhases(batchShapes).shares(of: training.steps) }

  /// Whether no weight of the model depends on how long and how large clips are.
  var takesAnyShape: Bool { task.tokens(of: data.clipShape) != nil }

  /// What is good to know where a model goes on with clips of other shapes than its base learned from; nil where they are the
  /// same, or where weights depend on them.
  public func shapesNote(from base: Recipe) -> String? {
    let (before, now) = (base.data.allShapes.map(\.name), data.allShapes.map(\.name))
    guard takesAnyShape, kind == base.kind, before != now else { return nil }
    return "the base learned from clips of \(before.joined(separator: ", ")), and this run learns from "
      + "\(now.joined(separator: ", ")): no weight depends on that, so all that was taken over goes on"
  }

  /// Reports shapes that the task's model cannot take, and steps without a shape.
  func checkShapes(_ section: Section) {
    guard !data.shapes.isEmpty else { return }
    guard takesAnyShape else {
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
    checkPhases(section)
  }

  /// Reports shapes that have no step, or end after the run, and steps that have no shape.
  private func checkPhases(_ section: Section) {
    let steps = training.steps
    for (place, entry) in data.shapes.enumerated() {
      let path = "data.shapes[\(place)]"
      section.reader.expect(
        entry.from < steps, of: "\(path).from", "training.steps",
        otherwise: "the shape would begin with step \(entry.from), and the run has steps 0 to \(steps - 1) "
          + "(training.steps \(steps)); let it begin earlier, train more steps, or leave the shape out")
      section.reader.expect(
        entry.until ?? 0 <= steps, of: "\(path).until", "training.steps",
        otherwise:
          "the shape would end before step \(entry.until ?? 0), beyond the run's last step, \(steps - 1) "
          + "(training.steps \(steps)); leave the key out for a shape that is learned to the run's end, or train more steps"
      )
    }
    let keys = data.shapes.indices.flatMap { ["data.shapes[\($0)].from", "data.shapes[\($0)].until"] }
    let gaps = ShapePhases.gaps(between: data.shapes.map(\.steps), in: steps)
    section.reader.expect(
      gaps.isEmpty, of: ["data.shapes", "training.steps"] + keys,
      otherwise:
        "no shape is learned in \(gaps.map(ShapePhases.inWords).joined(separator: " and ")) of the run's \(steps); let one "
        + "begin earlier (\"from\") or end later (\"until\", which may be left out)")
  }
}
