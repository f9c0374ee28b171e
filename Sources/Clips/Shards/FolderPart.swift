/// One of the parts into which the clips of a recipe are divided, so that several processes fill a folder together.
public struct FolderPart: Sendable, Hashable {
  /// Which part, from 1.
  public let number: Int
  /// Of how many.
  public let count: Int

  /// All clips.
  public static let whole = FolderPart(1, of: 1)

  /// A part of all clips.
  public init(_ number: Int, of count: Int) {
    precondition((1...max(1, count)).contains(number), "a part is one of those that there are")
    (self.number, self.count) = (number, count)
  }

  /// The part that a name such as `3-of-8` says; nil if it says none, or the whole.
  public init?(name: some StringProtocol) {
    let words = name.split(separator: "-", omittingEmptySubsequences: false)
    guard words.count == 3, let number = Int(words[0]), let count = Int(words[2]), count > 1,
      (1...count).contains(number)
    else { return nil }
    self.init(number, of: count)
    if self.name != name { return nil }
  }

  /// `3-of-8`
  public var name: String { "\(number)-of-\(count)" }

  /// The places of the part's clips among `total`: one after the other, as many in each part, give or take one.
  func places(among total: Int) -> Range<Int> {
    (number - 1) * total / count..<number * total / count
  }
}
