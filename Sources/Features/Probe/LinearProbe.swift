import Evaluation
import Manifests
import Tensors
import Video

/// How well a linear classifier tells classes apart by stored vectors: one figure for models of all kinds.
///
/// Vectors are standardised by mean and deviation of the training vectors, value by value. How strongly weights are kept
/// small (λ of `LogisticRegression`) is what suits a held-out fifth of the training clips best, of a fixed row of values;
/// then all of them are learned from. Pieces of one clip are held out together. Nothing is random.
public struct LinearProbe: Sendable {
  /// The labels that are told apart, C of them.
  public let classes: [String]
  /// The λ that was chosen, and the cross entropy of the held-out fifth at each one that was tried; empty where there were
  /// too few clips to hold any out.
  public let penalty: Double, tried: [(penalty: Double, crossEntropy: Double)]
  /// How many clips it was learned from, and how many others of the training files have no label.
  public let trainingClips: Int, unlabelled: Int
  private let model: LogisticRegression
  private let mean: [Double], deviation: [Double]
  private let trainingSet: FeatureSet

  /// The λ that are tried, the strongest first.
  public static let penalties = [10, 1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5]
  /// The λ where no clips can be held out.
  static let standardPenalty = 1e-2
  /// Of how many clips one is held out to choose λ.
  static let heldOutShare = 5

  /// Learns from the labelled clips of a set.
  /// - Throws: `FeaturesError` when these have fewer than two classes.
  public init(_ set: FeatureSet) throws {
    let labelled = set.clips.indices.filter { set.clips[$0].label != nil }
    classes = Set(labelled.map { set.clips[$0].label! }).sorted()
    guard classes.count > 1 else {
      throw FeaturesError.unfit(
        "\(set.paths.joined(separator: ", ")) has clips of "
          + (classes.first.map { "one class, \"\($0)\"," } ?? "no class,")
          + " and a probe tells at least two apart; compute features of a manifest with labels.")
    }
    let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    let truth = labelled.map { numbers[set.clips[$0].label!]! }
    (mean, deviation) = Self.moments(of: set, labelled)
    let x = Self.standardised(set, labelled, mean, deviation)

    let heldOut = Self.heldOut(labelled.map { set.clips[$0].name }, truth)
    var tried: [(penalty: Double, crossEntropy: Double)] = []
    if heldOut.contains(true) {
      let (kept, left) = (heldOut.indices.filter { !heldOut[$0] }, heldOut.indices.filter { heldOut[$0] })
      let (keptX, leftX) = (Self.rows(kept, of: x), Self.rows(left, of: x))
      var trial = LogisticRegression(classes: classes.count, width: set.width)
      for penalty in Self.penalties {
        trial.fit(keptX, kept.map { truth[$0] }, penalty: penalty)
        tried.append((penalty, trial.crossEntropy(leftX, left.map { truth[$0] })))
      }
    }
    penalty = tried.min { $0.crossEntropy < $1.crossEntropy }?.penalty ?? Self.standardPenalty
    self.tried = tried
    var model = LogisticRegression(classes: classes.count, width: set.width)
    model.fit(x, truth, penalty: penalty)
    self.model = model
    trainingClips = labelled.count
    unlabelled = set.count - labelled.count
    trainingSet = set
  }

  /// What the probe says of other clips. Those whose label is none of the classes are left out.
  /// - Throws: `FeaturesError` when the vectors cannot be compared, or no clip has one of the classes.
  public func predictions(for set: FeatureSet) throws -> (predictions: ClassPredictions, leftOut: [ClipEntry])
  {
    try trainingSet.requireSame(as: set)
    let numbers = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    let known = set.clips.indices.filter { set.clips[$0].label.flatMap { numbers[$0] } != nil }
    guard !known.isEmpty else {
      throw FeaturesError.unfit(
        "No clip of \(set.paths.joined(separator: ", ")) has a label among those of \(trainingSet.paths[0]) "
          + "(\(classes.listed)); compute features of a manifest with these labels.")
    }
    let x = Self.standardised(set, known, mean, deviation)
    let predictions = ClassPredictions(
      classes: classes, entries: known.map { set.clips[$0].entry },
      truth: known.map { numbers[set.clips[$0].label!]! }, probabilities: model.probabilities(x))
    let others = Set(set.clips.indices).subtracting(known).sorted()
    return (predictions, others.map { set.clips[$0].entry })
  }

  /// How many clips of a set have the very vector of a training clip: they are the same clip, or a copy of it.
  public func trainedOn(_ set: FeatureSet) -> Int {
    let known = Set(trainingSet.clips.indices.map { Array(trainingSet.row($0)) })
    return set.clips.indices.count { known.contains(Array(set.row($0))) }
  }

  /// Which clips are held out: of the clips of each class in turn every fifth, and all pieces of it.
  private static func heldOut(_ names: [String], _ truth: [Int]) -> [Bool] {
    var (seen, held, count): (Set<String>, Set<String>, Int) = ([], [], 0)
    for clip in names.indices.sorted(by: { (truth[$0], $0) < (truth[$1], $1) })
    where seen.insert(names[clip]).inserted {
      count += 1
      if count % heldOutShare == 0 { held.insert(names[clip]) }
    }
    return names.map(held.contains)
  }

  /// Mean and deviation of each value; a value that is the same in all clips has deviation 0.
  private static func moments(of set: FeatureSet, _ places: [Int]) -> (mean: [Double], deviation: [Double]) {
    let count = Double(places.count)
    var (mean, square) = ([Double](repeating: 0, count: set.width), [Double](repeating: 0, count: set.width))
    for place in places {
      for (i, value) in set.row(place).enumerated() { mean[i] += Double(value) / count }
    }
    for place in places {
      for (i, value) in set.row(place).enumerated() {
        square[i] += (Double(value) - mean[i]) * (Double(value) - mean[i]) / count
      }
    }
    return (mean, square.map { $0.squareRoot() })
  }

  /// (x − mean) / deviation, [clips, D]; 0 where there is no deviation.
  private static func standardised(
    _ set: FeatureSet, _ places: [Int], _ mean: [Double], _ deviation: [Double]
  ) -> Tensor {
    let x = Tensor([places.count, set.width])
    for (row, place) in places.enumerated() {
      let target = x.row(row)
      for (i, value) in set.row(place).enumerated() {
        // What is left of equal numbers by rounding is no deviation.
        target[i] = deviation[i] > 1e-7 * abs(mean[i]) ? Float((Double(value) - mean[i]) / deviation[i]) : 0
      }
    }
    return x
  }

  private static func rows(_ places: [Int], of x: Tensor) -> Tensor {
    let rows = Tensor([places.count, x.columns])
    for (row, place) in places.enumerated() { rows.row(row).update(from: x.row(place), count: x.columns) }
    return rows
  }
}

extension ClipFeatures.Clip {
  /// The clip as figures name it: where its file lies is not known any more.
  var entry: ClipEntry {
    ClipEntry(
      index: place, file: ClipFile(path: name), name: name, caption: "", label: label, start: start, end: end)
  }
}
