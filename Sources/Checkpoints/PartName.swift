/// The name of a file that holds a part of a checkpoint, such as `step-00000500.1a2b3c4d.part-2-of-4.h5`. The first part
/// has the checkpoint's own name, `step-00000500.h5`.
struct PartName: Hashable, Codable {
  /// The step of the checkpoint.
  let step: Int
  /// Eight hexadecimal digits that all parts of one save have, and those of another do not.
  let token: String
  /// Which part, from 2 on.
  let number: Int
  /// How many parts there are, the first one counted.
  let count: Int

  /// The most parts that a checkpoint has.
  static let mostParts = 4096

  init(step: Int, token: String, number: Int, count: Int) {
    (self.step, self.token, self.number, self.count) = (step, token, number, count)
  }

  /// The part that a file's name says; nil when it is no name of a part.
  init?(_ name: String) {
    let words = name.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 4, let step = CheckpointFolder.step(of: "\(words[0]).h5"), Self.isToken(words[1])
    else { return nil }
    let numbers = words[2].split(separator: "-").compactMap { Int($0) }
    guard numbers.count == 2, (2...Self.mostParts).contains(numbers[1]), (2...numbers[1]).contains(numbers[0])
    else { return nil }
    self.init(step: step, token: String(words[1]), number: numbers[0], count: numbers[1])
    if text != name { return nil }
  }

  /// The name.
  var text: String {
    CheckpointFolder.name(of: step).dropLast("h5".count) + "\(token).part-\(number)-of-\(count).h5"
  }

  /// A token that is drawn anew.
  static func newToken() -> String {
    let digits = String(UInt32.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private static func isToken(_ text: Substring) -> Bool { text.utf8.count == 8 && text.isHexadecimal }
}

extension StringProtocol {
  /// Whether there are digits and the letters a to f alone.
  var isHexadecimal: Bool { utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) } }
}
