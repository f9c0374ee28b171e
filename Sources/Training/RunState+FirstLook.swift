import Checkpoints
import Evaluation
import Foundation

/// The figures of a run's first look, as an attribute of its checkpoints.
extension RunState {
  // JSON has no word for numbers that are not finite.
  private static let words = ("Infinity", "-Infinity", "NaN")

  static func text(of look: [String: [Evaluation.Figure]]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: words.0, negativeInfinity: words.1, nan: words.2)
    guard let data = try? encoder.encode(look) else { preconditionFailure("figures are JSON") }
    return String(decoding: data, as: UTF8.self)
  }

  /// What a checkpoint's run measured at its first look; nothing if it has not looked.
  static func firstLook(of checkpoint: LoadedCheckpoint) throws -> [String: [Evaluation.Figure]] {
    guard let text = checkpoint.optionalText(Key.firstLook) else { return [:] }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: words.0, negativeInfinity: words.1, nan: words.2)
    guard let look = try? decoder.decode([String: [Evaluation.Figure]].self, from: Data(text.utf8)) else {
      throw checkpoint.makesNoSense("what it measured at its first look")
    }
    return look
  }
}
