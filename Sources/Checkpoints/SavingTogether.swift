import Foundation

/// The processes that save one checkpoint together, as one of them sees them: which one it is, and how they tell each other
/// how far they are.
public protocol SavingTogether {
  /// Which one this is, from 0 on. Rank 0 writes the file that has the checkpoint's name.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }
  /// Gives a text to all, and waits until all have given theirs. Each calls it equally often in a save, whatever has gone
  /// wrong on it, unless it throws.
  /// - Returns: what each has given, by rank.
  /// - Throws: when they cannot reach each other any more. The save then ends with this error.
  func gather(_ text: String) throws -> [String]
}

/// How a step of a save went on one rank.
private enum Outcome<Value: Codable>: Codable {
  case done(Value)
  case failed(reason: String)
}

extension SavingTogether {
  /// Does a step of a save, and waits until all others have done theirs.
  /// - Parameter path: the checkpoint, for errors.
  /// - Returns: what came of it on each rank.
  /// - Throws: what `work` throws, once the others know; else `CheckpointError.failedElsewhere` about the first rank whose
  ///   work has failed; what `gather` throws.
  func inStep<Value: Codable>(saving path: String, _ work: () throws -> Value) throws -> [Value] {
    let own = Result { try work() }
    let outcome: Outcome<Value> =
      switch own {
      case .success(let value): .done(value)
      case .failure(let error): .failed(reason: "\(error)")
      }
    let told = try gather(String(decoding: JSONEncoder().encode(outcome), as: UTF8.self))
    precondition(told.count == count, "\(told.count) of \(count) ranks have told how they are")
    _ = try own.get()
    return try told.enumerated().map { rank, text in
      switch try JSONDecoder().decode(Outcome<Value>.self, from: Data(text.utf8)) {
      case .done(let value): return value
      case .failed(let reason):
        throw CheckpointError.failedElsewhere(path: path, rank: rank, reason: reason)
      }
    }
  }
}
