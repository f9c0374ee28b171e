/// The steps of late whose weights were left as they were.
struct RefusedSteps: Equatable {
  /// Refused steps in a row that are too many.
  static let mostInARow = 10
  /// Refused steps that are too many among so many.
  static let most = 30, span = 100

  /// How many in a row just now.
  private(set) var inARow = 0
  /// Their numbers, the earliest first, as far as they are among the last `span`.
  private(set) var steps: [Int] = []

  /// Whether there are so many that the run does not go on as it is.
  var areTooMany: Bool { inARow >= Self.mostInARow || steps.count >= Self.most }

  /// Notes whether a step was refused.
  mutating func note(step: Int, isRefused: Bool) {
    inARow = isRefused ? inARow + 1 : 0
    if isRefused { steps.append(step) }
    steps.removeAll { $0 <= step - Self.span }
  }
}

extension RefusedSteps {
  /// As a checkpoint keeps them: how many in a row, and the numbers with spaces between.
  init?(inARow: Int, _ text: String) {
    let words = text.split(separator: " ")
    let numbers = words.compactMap { Int($0) }
    guard inARow >= 0, numbers.count == words.count, numbers.count <= Self.span else { return nil }
    (self.inARow, steps) = (inARow, numbers)
  }

  /// As a checkpoint keeps their numbers.
  var text: String { steps.map { "\($0)" }.joined(separator: " ") }
}
