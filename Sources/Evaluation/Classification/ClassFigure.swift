/// What was measured of the clips of one class.
public struct ClassFigure: Sendable, Equatable {
  /// The class.
  public let name: String
  /// How many of its clips were taken for it.
  public let right: Proportion
  /// The mean probability of the class that was found most probable, over those clips of this one for which the model gave
  /// numbers; nil without such clips. A model that knows what it knows is as often right.
  public let confidence: Double?
  /// How many clips of any class were taken for this one.
  public let predicted: Int
  /// The other class that most of its clips were taken for, the first of several, and how many; nil for none.
  public let takenFor: (name: String, clips: Int)?

  /// Whether all is the same.
  public static func == (a: ClassFigure, b: ClassFigure) -> Bool {
    (a.name, a.right, a.confidence, a.predicted) == (b.name, b.right, b.confidence, b.predicted)
      && a.takenFor?.name == b.takenFor?.name && a.takenFor?.clips == b.takenFor?.clips
  }
}

extension ClassPredictions {
  /// What was measured of each class, in their order.
  public var perClass: [ClassFigure] {
    let confusion = confusion
    var clips = [Int](repeating: 0, count: classes.count)
    var confidences = [[Double]](repeating: [], count: classes.count)
    for clip in entries.indices {
      clips[truth[clip]] += 1
      if let confidence = confidence(clip) { confidences[truth[clip]].append(confidence) }
    }
    return classes.indices.map { place in
      let others = classes.indices.filter { $0 != place && confusion[place][$0] > 0 }
      let other = others.max { (confusion[place][$0], $1) < (confusion[place][$1], $0) }
      return ClassFigure(
        name: classes[place], right: Proportion(right: confusion[place][place], judged: clips[place]),
        confidence: confidences[place].isEmpty
          ? nil : confidences[place].reduce(0, +) / Double(confidences[place].count),
        predicted: confusion.reduce(0) { $0 + $1[place] },
        takenFor: other.map { (classes[$0], confusion[place][$0]) })
    }
  }

  /// The mean over classes of the share of their clips that were right: each class counts as much, however many clips it
  /// has. Classes without clips are left out.
  public var meanClass: MeanProportion { MeanProportion(perClass.map(\.right)) }
}
