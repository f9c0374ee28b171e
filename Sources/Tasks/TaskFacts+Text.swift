import Checkpoints
import Manifests
import Tokens

/// Why the facts of a checkpoint do not serve a task.
public enum TaskFactsError: Error, Equatable, CustomStringConvertible {
  /// A fact is missing, so that the checkpoint is of another kind.
  case missing(String)
  /// A fact says what no run notes.
  case senseless(String)
  /// The base's token ids mean other things.
  case otherTokenizer(theirs: String, ours: String)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .missing(let name):
      "The checkpoint has no attribute \(name), so it is of another kind of task; give one that this task made."
    case .senseless(let name):
      "The checkpoint's attribute \(name) is none that a training run writes; give a checkpoint that this program wrote."
    case .otherTokenizer(let theirs, let ours):
      "start.from: the base reads captions as \(theirs), and tokenizer.kind is \(ours); set it to \(theirs)."
    }
  }
}

extension TaskFacts {
  static let vocabulary = "vocabulary", textLength = "text_length", tokenizer = "tokenizer"

  /// The facts of captions: the vocabulary, which goes on from the base's, and how many tokens the longest one has.
  public static func text(of manifest: Manifest, _ settings: TokenizerSection, base: TaskFacts?) throws
    -> TaskFacts
  {
    let captions = manifest.indices.lazy.map { manifest.caption($0) }
    let tokenizer =
      try base.map { try $0.textTokenizer(settings).extended(by: captions) }
      ?? settings.kind.tokenizer(captions: captions)
    var longest = 1
    for caption in captions where longest < settings.length {
      longest = Swift.max(longest, tokenizer.encode(caption, length: settings.length).count)
    }
    return [
      vocabulary: .text(tokenizer.words.joined(separator: "\n")), textLength: .integer(longest),
      Self.tokenizer: .text(settings.kind.rawValue),
    ]
  }

  /// The tokenizer that these facts tell of.
  public func textTokenizer(_ settings: TokenizerSection) throws -> any Tokenizer {
    guard case .text(let words) = self[Self.vocabulary] else { throw TaskFactsError.missing(Self.vocabulary) }
    // Checkpoints of the first version do not say which tokenizer they have: bytes have no vocabulary.
    let theirs =
      if case .text(let kind) = self[Self.tokenizer] { kind } else {
        words.isEmpty ? TokenizerKind.bytes.rawValue : TokenizerKind.words.rawValue
      }
    guard theirs == settings.kind.rawValue else {
      throw TaskFactsError.otherTokenizer(theirs: theirs, ours: settings.kind.rawValue)
    }
    guard (0...settings.length).contains(paddedTextLength) else {
      throw TaskFactsError.senseless(Self.textLength)
    }
    let list = words.isEmpty ? [] : words.components(separatedBy: "\n")
    guard !list.contains(""), Set(list).count == list.count else {
      throw TaskFactsError.senseless(Self.vocabulary)
    }
    return settings.kind.tokenizer(words: list)
  }

  /// How many tokens captions are padded to.
  public var paddedTextLength: Int {
    if case .integer(let length) = self[Self.textLength] { length } else { 0 }
  }
}
