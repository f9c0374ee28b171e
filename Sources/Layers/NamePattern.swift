/// Stands for parameters by their names.
///
/// A pattern matches a name, or its beginning up to a dot, so a place in the model stands for all that lies in it: "text_encoder"
/// matches `text_encoder.shared.weight` and not `text_encoder2.shared.weight`. `*` stands for any run of characters, dots
/// included: "transformer.blocks.*.attn1" matches `transformer.blocks.3.attn1.to_q.weight`.
public struct NamePattern: Sendable, Hashable {
  /// The pattern as it is written.
  public let text: String

  /// A pattern as it is written in a recipe.
  public init(_ text: String) { self.text = text }

  /// Whether the pattern stands for the parameter of this name.
  public func matches(_ name: String) -> Bool {
    let (pattern, name) = (Array(text.utf8), Array(name.utf8))
    let (star, dot) = (UInt8(ascii: "*"), UInt8(ascii: "."))
    var (i, j) = (0, 0)
    // Where to go on if what follows the last star does not fit here: that star takes one character more. Taking fewer for
    // the stars before leaves the most room, so only the last one is ever asked again.
    var retry: (pattern: Int, name: Int)?
    while true {
      if i == pattern.count, j == name.count || name[j] == dot { return true }
      if i < pattern.count, pattern[i] == star {
        i += 1
        retry = (i, j)
      } else if i < pattern.count, j < name.count, pattern[i] == name[j] {
        i += 1
        j += 1
      } else if let last = retry, last.name < name.count {
        (i, j) = (last.pattern, last.name + 1)
        retry = (i, j)
      } else {
        return false
      }
    }
  }
}
