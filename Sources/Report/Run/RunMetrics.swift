import Foundation

/// What `metrics.jsonl` tells of a run: a JSON object a line, for each step and each validation.
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
  }

  /// The held-out losses after a step.
  struct Validation {
    var step: Int
    /// By condition.
    var losses: [String: Double]
    var mean: Double
  }

  private(set) var steps: [Step] = []
  private(set) var validations: [Validation] = []
  /// How many parameters are trained, if any line says so.
  private(set) var parameters: Int?
  /// Lines that are not what they should be, other than an unfinished last one.
  private(set) var unreadableLines = 0

  /// Reads what is there so far: the last line of a run that goes on, or that was cut off, may be incomplete.
  init(_ data: some Collection<UInt8>) {
    let decoder = JSONDecoder()
    let newline = UInt8(ascii: "\n")
    for part in data.split(separator: newline) {
      if let line = try? decoder.decode(Line.self, from: Data(part)) {
        add(line)
      } else if part.endIndex != data.endIndex {
        unreadableLines += 1
      }
    }
  }

  /// Steps that are told again, by a run that went back to a checkpoint, replace what was told first.
  private mutating func add(_ line: Line) {
    parameters = line.parameters ?? parameters
    guard let step = line.step else { return }
    if line.loss != nil || line.refused == true {
      while let last = steps.last, last.step >= step { steps.removeLast() }
      steps.append(
        Step(
          step: step, loss: line.loss ?? .nan, gradientNorm: line.gradientNorm ?? .nan,
          learningRate: line.learningRate ?? .nan, clipsPerSecond: line.clipsPerSecond ?? .nan,
          gflops: line.gflops ?? .nan, waiting: line.waiting ?? .nan, seconds: line.seconds ?? .nan,
          isRefused: line.refused ?? false))
    }
    if let heldOut = line.heldOut {
      while let last = validations.last, last.step >= step { validations.removeLast() }
      let losses = heldOut.compactMapValues { $0 }
      validations.append(Validation(step: step, losses: losses, mean: line.heldOutLoss ?? .nan))
    }
  }

  private struct Line: Decodable {
    var step: Int?
    var loss: Double?, gradientNorm: Double?, learningRate: Double?
    var clipsPerSecond: Double?, gflops: Double?, waiting: Double?, seconds: Double?
    var refused: Bool?
    var heldOut: [String: Double?]?
    var heldOutLoss: Double?
    var parameters: Int?
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

  /// A figure of each step.
  func curve(_ figure: KeyPath<Step, Double>) -> Curve {
    Curve(steps.map { Curve.Point(x: Double($0.step), y: $0[keyPath: figure]) })
  }

  /// The middle value of a figure over all steps; nil without steps.
  func median(_ figure: KeyPath<Step, Double>) -> Double? {
    let sorted = steps.map { $0[keyPath: figure] }.filter(\.isFinite).sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }
}
