import Foundation

@testable import Checkpoints

/// A process of several, simulated by a thread.
struct Rank: SavingTogether, Sendable {
  let rank: Int
  let meeting: Meeting

  var count: Int { meeting.count }

  func gather(_ text: String) throws -> [String] { try meeting.gather(text, rank) }
}

/// Where threads tell each other texts. It can break off, after which nobody hears of the others any more.
final class Meeting: @unchecked Sendable {
  struct BrokenOff: Error {}

  let count: Int
  private let roundsBeforeBreak: Int
  private let condition = NSCondition()
  private var given: [String?]
  private var told: [String] = []
  private var round = 0

  init(_ count: Int, roundsBeforeBreak: Int = .max) {
    (self.count, self.roundsBeforeBreak) = (count, roundsBeforeBreak)
    given = Array(repeating: nil, count: count)
  }

  func gather(_ text: String, _ rank: Int) throws -> [String] {
    condition.lock()
    defer { condition.unlock() }
    let now = round
    if now >= roundsBeforeBreak { throw BrokenOff() }
    given[rank] = text
    if !given.contains(nil) {
      told = given.compactMap(\.self)
      given = Array(repeating: nil, count: count)
      round += 1
      condition.broadcast()
    }
    while round == now { condition.wait() }
    return told
  }
}

/// Does something on each rank, each a thread of its own, and waits for all.
func onRanks<Value>(
  _ count: Int, _ meeting: Meeting? = nil, _ body: @escaping @Sendable (Rank) throws -> Value
) -> [Result<Value, any Error>] {
  let meeting = meeting ?? Meeting(count)
  nonisolated(unsafe) let results = UnsafeMutableBufferPointer<Result<Value, any Error>?>.allocate(
    capacity: count)
  results.initialize(repeating: nil)
  defer { results.deinitialize().deallocate() }
  let group = DispatchGroup()
  for rank in 0..<count {
    group.enter()
    Thread {
      results[rank] = Result { try body(Rank(rank: rank, meeting: meeting)) }
      group.leave()
    }.start()
  }
  group.wait()
  return results.map { $0! }
}

/// A state with what an optimizer keeps: tensors of many shapes.
func largerSample(step: Int) -> CheckpointContents {
  var contents = sample(step: step)
  contents.groups["firstMoment"] = [
    TensorRecord(name: "a.weight", shape: [7, 11], values: (0..<77).map { Float($0 * step) / 3 }),
    TensorRecord(name: "b.weight", shape: [3], values: [1, -0.0, .leastNonzeroMagnitude]),
    TensorRecord(name: "empty", shape: [4, 0], values: []),
    TensorRecord(name: "single", shape: [], values: [Float(step)]),
    TensorRecord(name: "z.weight", shape: [2, 5, 1], values: (0..<10).map { -Float($0) }),
  ]
  contents.groups["nothing"] = []
  return contents
}

/// What one of several ranks holds of a state: rank 0 the parameters, and each its share of all else, which is cut as a
/// flat buffer is.
func share(of contents: CheckpointContents, _ rank: Int, of count: Int) -> CheckpointContents {
  var own = CheckpointContents()
  if rank == 0 { own.attributes = contents.attributes }
  for (group, tensors) in contents.groups {
    guard group != "parameters", !tensors.isEmpty else {
      if rank == 0 { own.groups[group] = tensors }
      continue
    }
    let all = tensors.reduce(0) { $0 + $1.values.count }
    let cut = all * rank / count..<all * (rank + 1) / count
    var start = 0
    for tensor in tensors {
      let piece = (0..<tensor.values.count).clamped(
        to: max(cut.lowerBound - start, 0)..<max(cut.upperBound - start, 0))
      start += tensor.values.count
      if piece.isEmpty && !(tensor.values.isEmpty && rank == 0) { continue }
      own.groups[group, default: []].append(
        TensorRecord(
          name: tensor.name, shape: tensor.shape, piece: piece, values: Array(tensor.values[piece])))
    }
  }
  return own
}

/// Saves the larger sample by several ranks; `folder` gives each its folder.
@discardableResult
func saveTogether(
  _ count: Int, step: Int, keep: Int = 3, _ meeting: Meeting? = nil,
  folder: @escaping @Sendable (_ rank: Int) -> CheckpointFolder
) -> [Result<CheckpointFolder.Saved, any Error>] {
  onRanks(count, meeting) { rank in
    try folder(rank.rank).save(
      share(of: largerSample(step: step), rank.rank, of: count), step: step, keep: keep, together: rank)
  }
}

/// Saves the larger sample by several ranks into the folder at a path.
func saveTogether(_ count: Int, step: Int, keep: Int = 3, in path: String) throws {
  for result in saveTogether(count, step: step, keep: keep, folder: { _ in CheckpointFolder(path) }) {
    _ = try result.get()
  }
}

extension Result where Failure == any Error {
  /// The error of a failure about a checkpoint.
  var error: CheckpointError? {
    if case .failure(let error) = self { return error as? CheckpointError }
    return nil
  }
}

extension TemporaryFolder {
  /// The names of the parts in the folder, sorted.
  var parts: [String] { names.filter { PartName($0) != nil } }
}
