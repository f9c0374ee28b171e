/// What is gathered while a recipe is read: where each key is written, and every problem.
package final class RecipeReader {
  private let text: SourceText
  private var problems: [RecipeErrors.Problem] = []
  /// Where the value of each key that is written begins.
  private var places: [String: Place] = [:]
  /// Keys whose values are not to be reasoned about, since they are wrong or missing.
  private var unsound: Set<String> = []

  /// What is known of recipes beside the declarations that are read; nil while the table itself is made.
  let knowledge: Knowledge?
  /// The fields of such a recipe, for remedies.
  var table: Field? { root.flatMap { json in knowledge.map { $0.table(json) } } }
  /// The recipe as it is written.
  var root: JSON?

  package init(_ text: SourceText, _ knowledge: Knowledge? = nil) {
    self.text = text
    self.knowledge = knowledge
  }

  /// Remembers where the value of a key is written.
  package func note(_ path: String, at place: Place?) { places[path] = place }

  /// Whether the key is in the file or in a `--set`, and not left to its default.
  package func isWritten(_ path: String) -> Bool { places[path] != nil }

  /// Marks a key whose value is not known, so that no check is built on it.
  package func distrust(_ path: String) { unsound.insert(path) }

  /// Notes what is wrong with the value of a key; the message is shown behind the key.
  package func report(_ path: String, at place: Place?, _ message: String) {
    report(path, at: place, sentence: path.isEmpty ? message : "\(path): \(message)")
  }

  /// Notes a problem in a sentence that names the key itself.
  package func report(_ path: String, at place: Place?, sentence: String) {
    distrust(path)
    switch place {
    case .setting(let setting):
      problems.append(RecipeErrors.Problem(source: "--set \(setting)", key: path, message: sentence))
    case .file(let offset):
      let (line, column) = text.position(of: offset)
      problems.append(
        RecipeErrors.Problem(source: text.name, line: line, column: column, key: path, message: sentence))
    case nil:
      problems.append(RecipeErrors.Problem(source: text.name, key: path, message: sentence))
    }
  }

  /// Reports the first of `paths` when the condition fails; says nothing while any of them is already known
  /// to be wrong. The place shown is that of a `--set` if one of them was set, since that is what was changed
  /// last.
  package func expect(
    _ condition: @autoclosure () -> Bool, of paths: String..., otherwise message: @autoclosure () -> String
  ) {
    expect(condition(), of: paths, otherwise: message())
  }

  /// The same for a list of paths.
  package func expect(
    _ condition: @autoclosure () -> Bool, of paths: [String], otherwise message: @autoclosure () -> String
  ) {
    guard unsound.isDisjoint(with: paths), !condition() else { return }
    let written = paths.compactMap { places[$0] }
    let set = written.first { if case .setting = $0 { true } else { false } }
    let message = message()
    report(paths[0], at: set ?? written.first ?? .file(offset: 0), message)
  }

  /// Throws everything that was reported, if anything was.
  package func finish() throws {
    guard !problems.isEmpty else { return }
    let order = problems.indices.sorted {
      (problems[$0].line ?? .max, problems[$0].column ?? 0, $0)
        < (problems[$1].line ?? .max, problems[$1].column ?? 0, $1)
    }
    throw RecipeErrors(problems: order.map { problems[$0] })
  }
}
