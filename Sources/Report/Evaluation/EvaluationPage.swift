import Evaluation
import Files
import Video

/// What was measured of a model on one page: tables, samples, and the training clips that they come closest to. The page
/// is a file of its own: it needs no network, no scripts, and no other file beside it.
public struct EvaluationPage {
  /// Clips of one prompt that move, as MP4 files.
  public struct Movies: Sendable {
    /// The prompt's place.
    public let prompt: Int
    /// The held-out clip, the model's sample, and the base's, if there is one.
    public let heldOut: [UInt8], sample: [UInt8], base: [UInt8]?

    /// Clips of a prompt.
    public init(prompt: Int, heldOut: [UInt8], sample: [UInt8], base: [UInt8]?) {
      self.prompt = prompt
      self.heldOut = heldOut
      self.sample = sample
      self.base = base
    }
  }

  let record: EvaluationRecord
  let movies: [Movies]

  /// A page of a record.
  /// - Parameter movies: the clips that are shown, of some of the prompts.
  public init(_ record: EvaluationRecord, movies: [Movies] = []) {
    self.record = record
    self.movies = movies
  }

  /// Places of prompts that a page shows, from all over them.
  public static func shownPrompts(of count: Int) -> [Int] {
    let shown = min(count, 8)
    return (0..<shown).map { $0 * count / shown }
  }

  /// How many of the closest training clips a page shows.
  public static let shownPairs = 6

  /// Writes the page. An earlier one is replaced only when the new one is whole.
  /// - Throws: `RunReportError.unwritable`, and `VideoError` when a picture cannot be made.
  public func write(to path: String) throws {
    let bytes = [UInt8](try html().utf8)
    do {
      try WholeFile.replace(path, with: bytes)
    } catch {
      throw RunReportError.unwritable(path, reason: error.words)
    }
  }

  /// The page.
  /// - Throws: `VideoError` when a picture cannot be made.
  public func html() throws -> String {
    try HTML.page(
      title: "\(name) · evaluation report", css: Self.css,
      [header, tables, classes(), samples(), pairs(), measured])
  }

  // MARK: parts

  private var header: String {
    let facts = facts.map { "<div><dt>\(HTML.escaped($0))</dt><dd>\(HTML.escaped($1))</dd></div>" }
    let beside = record.base.map { base in
      "\n<p class=\"notes\">This model beside its base, \(HTML.escaped(Self.shortened(base.checkpoint))).</p>"
    }
    return """
      <header>
      <p class="kind">Evaluation report</p>
      <h1>\(HTML.escaped(name))</h1>\(beside ?? "")
      <dl class="facts">
      \(facts.joined(separator: "\n"))
      </dl>\(remarks)
      </header>
      """
  }

  /// What makes the figures say less than they seem to, and what evaluators remark.
  private var remarks: String {
    let remarks = ([record.caution] + record.model.evaluations.flatMap(\.remarks)).compactMap { $0 }
    return remarks.map { "\n<p class=\"remark\">\(HTML.escaped(Self.capital($0))).</p>" }.joined()
  }

  private var name: String { Self.shortened(record.model.checkpoint) }

  /// The run and the file: "tuned/step-00000400.h5".
  static func shortened(_ path: String) -> String {
    path.split(separator: "/").filter { $0 != "checkpoints" && $0 != "." }.suffix(2).joined(separator: "/")
  }

  private var facts: [(String, String)] {
    func pair(_ unit: String = "", _ words: (ModelFigures) -> String?) -> String? {
      guard let this = words(record.model) else { return nil }
      return (record.base.flatMap(words).map { "\($0) → " } ?? "") + this + unit
    }
    let facts: [(String, String?)] = [
      ("Task", record.kind), ("Clips measured", "\(record.provenance.clips)"),
      ("Top 1", pair(" %") { $0.predictions?.top(1).share.map { Figure.short(100 * $0) } }),
      ("Mean class", pair(" %") { $0.predictions?.meanClass.share.map { Figure.short(100 * $0) } }),
      (
        record.model.evaluations.first.map { Self.capital($0.scale == .shares ? $0.lossName : $0.title) }
          ?? "",
        pair { $0.loss.map { Figure.short($0) } }
      ),
      ("Prompts followed", pair(" %") { $0.following?.all.share.map { Figure.short(100 * $0) } }),
      ("Nearest training clip, dB", pair { $0.nearest.map { Figure.decibels($0.median) } }),
    ]
    return facts.compactMap { name, words in words.map { (name, $0) } }
  }

  private var tables: String {
    record.tables.map { part in
      """
      <section>
      <h2>\(HTML.escaped(Self.capital(part.title)))</h2>
      \(part.note.isEmpty ? "" : "<p class=\"lead\">\(HTML.escaped(part.note))</p>\n")\(Self.folded(part.table))
      </section>
      """
    }.joined(separator: "\n")
  }

  /// A table; a long one opens on demand.
  private static func folded(_ table: TextTable) -> String {
    guard table.rows.count > longTable else { return table.html }
    return """
      <details>
      <summary>All \(table.rows.count) rows</summary>
      <p></p>
      \(table.html)
      </details>
      """
  }

  /// Rows above which a table is long.
  private static let longTable = 40

  private var measured: String {
    let rows: [(String, String?)] = [
      ("This", record.model.checkpoint), ("Base", record.base?.checkpoint),
      ("Held-out clips", record.manifest),
      ("Clips measured", "\(record.provenance.clips)"), ("SHA-256 of their list", record.provenance.listHash),
      ("Views of each clip", record.provenance.views),
      ("SHA-256 of their labels", record.provenance.labelHash),
      ("Way of measuring", "protocol \(record.provenance.protocolVersion)"),
      ("Sampled", record.sampling?.words), ("Training clips", record.training?.manifest),
    ]
    let cells = rows.compactMap { name, words in
      words.map { "<tr><th>\(name)</th><td>\(HTML.escaped($0))</td></tr>" }
    }
    return """
      <section>
      <h2>What was measured</h2>
      <p class="lead">Figures of two reports can be compared when clips, list and way of measuring are the same.</p>
      <div class="wide"><table class="sources">
      <tbody>
      \(cells.joined(separator: "\n"))
      </tbody>
      </table></div>
      </section>
      """
  }

  private static func capital(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

  /// What this page needs beyond the style of all reports.
  private static let css = """
    table.figures { width: auto; min-width: 24rem; }
    table.figures th, table.figures td { overflow-wrap: normal; white-space: nowrap; }
    table.figures .number + :not(.number) { padding-left: 1.5rem; }
    table.figures .number { padding-left: 1.5rem; }
    table.sources { width: auto; }
    table.sources th { border-bottom: 1px solid var(--rule); font-weight: 400; color: var(--soft); white-space: nowrap; }
    .moving { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 2rem; }
    .moving > div { display: flex; flex-direction: column; justify-content: space-between; }
    .moving.small video { image-rendering: pixelated; }
    .asked { margin: 0 0 0.35rem; font-weight: 600; font-size: 0.9rem; overflow-wrap: anywhere; }
    .matrix { display: block; max-width: none; border-radius: 6px; image-rendering: pixelated; }
    figure.reliability { max-width: 40rem; }
    .beside { display: grid; gap: 0.75rem; }
    @media print { .moving { display: none; } }
    """
}
