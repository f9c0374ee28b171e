import Foundation

/// What `metrics.jsonl` tells of a run: a JSON object a line, for each step, each look at held-out clips, and each time
/// that the recipe was changed.
struct RunMetrics {
  /// A training step.
  struct Step {
    var step: Int
    /// Not finite for a refused step.
    var loss: Double, gradientNorm: Double
    var learningRate: Double, clipsPerSecond: Double, gflops: Double
    /// The share of the step's time spent waiting for clips.
    var waiting: Double
    var seconds: Double
    var isRefused: Bool
    /// The shape of its clips, in a run that has several: "9x32x32".
    var shape: String?
  }

  /// What was measured on held-out clips after a step, and how far the weights were from the base's.
  struct Validation {
    var step: Int
    /// On clips of the kind that is trained, by condition.
    var losses: [String: Double]
    /// What the loss is called where `losses` are shares of clips, such as top 1, beside it.
    var lossName: String?
    /// Their mean, or what else counts as the loss; not finite where nothing does.
    var mean: Double
    /// What checkpoints are chosen by, less being better, where that is not the loss.
    var choice: Double?
    /// What else was measured, by title and figure: of features, say.
    var others: [String: [String: Double]] = [:]
    /// The same on clips of the kind that the base was trained on.
    var remembered: [String: Double] = [:], rememberedMean = Double.nan
    /// What names the lists of both kinds of clips; nil in files of earlier versions.
    var list: String?, rememberedList: String?
    /// How many of the clips of the kind that is trained the run trains on, too.
    var trainedOn = 0
    /// In the order of the blocks' names; none for a run without a base.
    var weightChange: [BlockChange] = []
  }

  /// Keys of the recipe that were changed before the run went on.
  struct Change: Equatable {
    /// The step that was done by then.
    var step: Int
    /// Key, new and old value, in words.
    var keys: [String]
  }

  private(set) var steps: [Step] = []
  private(set) var validations: [Validation] = []
  private(set) var changes: [Change] = []
  /// How many parameters are trained, if any line says so.
  private(set) var parameters: Int?
  /// Lines that are not what they should be, other than an unfinished last one.
  private(set) var unreadableLines = 0

  private static let newline = UInt8(ascii: "\n")

  /// Reads what is there so far: the last line of a run that goes on, or that was cut off, may be incomplete.
  init(_ bytes: some Collection<UInt8>) {
    let (data, decoder) = (Data(bytes), JSONDecoder())
    for line in data.split(separator: Self.newline) {
      add(line, isEnded: line.endIndex != data.endIndex, decoder)
    }
  }

  /// Reads a file in pieces: that of a long run is larger than all that is made of it.
  init(contentsOf path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let decoder = JSONDecoder()
    var rest = Data()
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      rest += piece
      guard let end = rest.lastIndex(of: Self.newline) else { continue }
      for line in rest[..<end].split(separator: Self.newline) { add(line, isEnded: true, decoder) }
      rest = Data(rest[(end + 1)...])
    }
    if !rest.isEmpty { add(rest, isEnded: false, decoder) }
  }

  private mutating func add(_ line: Data, isEnded: Bool, _ decoder: JSONDecoder) {
    if let known = try? decoder.decode(Line.self, from: line) {
      add(known, others: known.heldOut == nil ? nil : try? decoder.decode(OtherFigures.self, from: line))
    } else if isEnded {
      unreadableLines += 1
    }
  }

  /// What is told again, by a run that went back to a checkpoint, replaces what was told first.
  private mutating func add(_ line: Line, others: OtherFigures?) {
    parameters = line.parameters ?? parameters
    guard let step = line.step else { return }
    if line.loss != nil || line.refused == true {
      while let last = steps.last, last.step >= step { steps.removeLast() }
      steps.append(
        Step(
          step: step, loss: line.loss ?? .nan, gradientNorm: line.gradientNorm ?? .nan,
          learningRate: line.learningRate ?? .nan, clipsPerSecond: line.clipsPerSecond ?? .nan,
          gflops: line.gflops ?? .nan, waiting: line.waiting ?? .nan, seconds: line.seconds ?? .nan,
          isRefused: line.refused ?? false, shape: line.shape))
    }
    if line.heldOut != nil || line.remembered != nil || line.weightChange != nil {
      while let last = validations.last, last.step >= step { validations.removeLast() }
      validations.append(
        Validation(
          step: step, losses: Self.known(line.heldOut), lossName: line.heldOutLossName,
          mean: line.heldOutLoss ?? .nan, choice: line.heldOutChoice, others: others?.byTitle ?? [:],
          remembered: Self.known(line.remembered), rememberedMean: line.rememberedLoss ?? .nan,
          list: line.heldOutList, rememberedList: line.rememberedList, trainedOn: line.heldOutTrainedOn ?? 0,
          weightChange: BlockChange.ordered(Self.known(line.weightChange))))
    }
    if let changed = line.changed, !changed.isEmpty {
      while let last = changes.last, last.step >= step { changes.removeLast() }
      changes.append(Change(step: step, keys: changed))
    }
  }

  private static func known(_ values: [String: Double?]?) -> [String: Double] {
    (values ?? [:]).compactMapValues { $0 }
  }

  private struct Line: Decodable {
    var step: Int?
    var loss: Double?, gradientNorm: Double?, learningRate: Double?
    var clipsPerSecond: Double?, gflops: Double?, waiting: Double?, seconds: Double?
    var refused: Bool?
    var shape: String?
    var heldOut: [String: Double?]?, remembered: [String: Double?]?, weightChange: [String: Double?]?
    var heldOutLoss: Double?, rememberedLoss: Double?, heldOutChoice: Double?
    var heldOutLossName: String?
    var heldOutList: String?, rememberedList: String?
    var heldOutTrainedOn: Int?
    var changed: [String]?
    var parameters: Int?
  }

  /// What a line tells under keys such as "heldOut: features".
  private struct OtherFigures: Decodable {
    let byTitle: [String: [String: Double]]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let start = "heldOut: "
      let line = try decoder.container(keyedBy: Key.self)
      byTitle = try Dictionary(
        uniqueKeysWithValues: line.allKeys.filter { $0.stringValue.hasPrefix(start) }.map {
          (String($0.stringValue.dropFirst(start.count)), try line.decode([String: Double].self, forKey: $0))
        })
    }
  }
}

extension RunMetrics {
  /// The conditions of the held-out losses, ordered by the number in their names.
  var conditions: [String] {
    func number(_ name: String) -> Double {
      Double(name.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }) ?? .infinity
    }
    return Set(validations.flatMap(\.losses.keys)).sorted { (number($0), $0) < (number($1), $1) }
  }

  /// What the loss is called where the figures beside it are shares of clips; nil where they are losses.
  var lossName: String? { validations.last { !$0.losses.isEmpty }?.lossName }

  /// Whether checkpoints are chosen by something else than the loss.
  var isChosenOtherwise: Bool { validations.contains { $0.choice != nil } }

  /// The look with the least held-out loss, or the least of what else checkpoints are chosen by, the earliest of several; nil
  /// where none has any.
  var best: Validation? {
    let isChosenOtherwise = isChosenOtherwise
    func choice(_ look: Validation) -> Double { isChosenOtherwise ? look.choice ?? .nan : look.mean }
    return validations.filter { choice($0).isFinite }.min { choice($0) < choice($1) }
  }

  /// A figure of each step.
  func curve(_ figure: KeyPath<Step, Double>) -> Curve {
    Curve(steps.map { Curve.Point(x: Double($0.step), y: $0[keyPath: figure]) })
  }

  /// The shapes of a run that has several, in the order in which they came first.
  var shapes: [String] {
    var shapes: [String] = []
    for step in steps {
      if let shape = step.shape, !shapes.contains(shape) { shapes.append(shape) }
    }
    return shapes
  }

  /// The loss of each step of a shape.
  func losses(of shape: String) -> Curve {
    Curve(steps.filter { $0.shape == shape }.map { Curve.Point(x: Double($0.step), y: $0.loss) })
  }

  /// A figure of each look at held-out clips; a gap where it is not known.
  func curve(_ figure: (Validation) -> Double?) -> Curve {
    Curve(validations.map { Curve.Point(x: Double($0.step), y: figure($0) ?? .nan) })
  }

  /// The middle value of a figure over all steps; nil without steps.
  func median(_ figure: KeyPath<Step, Double>) -> Double? {
    let sorted = steps.map { $0[keyPath: figure] }.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
