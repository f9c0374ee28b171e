import Commands
import Fields
import Foundation

/// Reads an option that holds words of a vocabulary with commas between them.
enum WordList {
  /// The words of `text`, in its order; blanks around them do not count.
  /// - Throws: `Failure` that names the option, the word that is not known and the one that was probably meant.
  static func words<Word: RawRepresentable<String> & CaseIterable>(
    in text: String, of option: String
  ) throws -> [Word] {
    let known = Word.allCases.map(\.rawValue)
    let choice = "name one or more of \(known.joined(separator: ","))"
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      if let word = Word(rawValue: name) { return word }
      if name.isEmpty {
        let what = part.count == text.count ? "is empty" : "\(text) has an empty place"
        throw Failure(.usage, "\(option) \(what); \(choice).")
      }
      let guess = Spelling.nearest(to: name, among: known).map { "did you mean \($0)? Else " } ?? ""
      throw Failure(.usage, "\(option) does not know \"\(name)\"; \(guess)\(choice).")
    }
  }
}
