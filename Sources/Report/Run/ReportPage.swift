import Foundation

/// The page of a run, part by part.
struct ReportPage {
  let record: RunRecord

  init(_ record: RunRecord) { self.record = record }

  var html: String {
    HTML.page(
      title: "\(record.name) · training report",
      [header, finetuning, charts, samples, changes, quarantined, recipe])
  }

  var metrics: RunMetrics { record.metrics }

  // MARK: header

  private var header: String {
    let facts = facts.map { "<div><dt>\($0)</dt><dd>\(HTML.escaped($1))</dd></div>" }.joined(separator: "\n")
    let (lines, are) = metrics.unreadableLines == 1 ? ("line", "is") : ("lines", "are")
    let remark =
      metrics.unreadableLines == 0
      ? ""
      : "\n<p class=\"remark\">\(metrics.unreadableLines) \(lines) of metrics.jsonl cannot be read and \(are) left out.</p>"
    let notes = record.recipe.notes.first.map { "\n<p class=\"notes\">\(HTML.escaped($0))</p>" } ?? ""
    return """
      <header>
      <p class="kind">Training report</p>
      <h1>\(HTML.escaped(record.name))</h1>\(notes)
      <dl class="facts">
      \(facts)
      </dl>\(remark)
      </header>
      """
  }

  /// What is known, in a few figures; what is not known is left out.
  private var facts: [(String, String)] {
    let steps = metrics.steps
    let done = steps.last?.step ?? 0
    let seconds = steps.map(\.seconds).filter(\.isFinite)
    let waited = steps.filter { $0.waiting.isFinite && $0.seconds.isFinite }.map { $0.waiting * $0.seconds }
    let refused = steps.count(where: \.isRefused)
    let best = metrics.best.flatMap { $0.step < metrics.validations.last!.step ? $0 : nil }
    var facts = [("Steps", record.recipe.steps.map { "\(done) of \($0)" } ?? "\(done)")]
    func add(_ name: String, _ words: String?) { if let words { facts.append((name, words)) } }
    add("Parameters", metrics.parameters.map { Figure.count(Double($0)) })
    add("Time", seconds.isEmpty ? nil : Figure.duration(seconds: seconds.reduce(0, +)))
    add("Loss", smoothed(\.loss).last.map { Figure.short($0) })
    add("Held-out loss", metrics.validations.last { $0.mean.isFinite }.map { Figure.short($0.mean) })
    if metrics.lossName != nil {
      add(
        "Top 1", metrics.validations.last { $0.losses["top 1"] != nil }?.losses["top 1"].map(Figure.percent))
    }
    if metrics.isChosenOtherwise {
      add("Best checkpoint", best.map { "step \($0.step)" })
    } else {
      add("Least held-out loss", best.map { "\(Figure.short($0.mean)) at step \($0.step)" })
    }
    add("Clips a second", metrics.median(\.clipsPerSecond).map { Figure.short($0) })
    add("GFLOP/s", metrics.median(\.gflops).map { Figure.short($0) })
    let total = seconds.reduce(0, +)
    add("Waiting for clips", waited.isEmpty || total == 0 ? nil : Figure.percent(waited.reduce(0, +) / total))
    add("Steps refused", refused == 0 ? nil : "\(refused)")
    add("Clips set aside", record.quarantined.isEmpty ? nil : "\(record.quarantined.count)")
    return facts
  }

  // MARK: quarantined clips and recipe

  private var quarantined: String {
    guard !record.quarantined.isEmpty else { return "" }
    let rows = record.quarantined.prefix(Self.mostQuarantined).map { clip in
      let time = clip.seconds.map { String(format: "%.2f s", $0) } ?? ""
      let cells = [clip.path, clip.stage ?? "", clip.reason ?? ""].map { "<td>\(HTML.escaped($0))</td>" }
      return "<tr>\(cells.joined())<td class=\"number\">\(time)</td></tr>"
    }
    let more = record.quarantined.count - rows.count
    return """
      <section>
      <h2>Clips set aside</h2>
      <p class="lead">They could not be read; training went on without them.</p>
      <div class="wide"><table>
      <thead><tr><th>File</th><th>While</th><th>Reason</th><th class="number">At</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>\(more == 0 ? "" : "\n<p class=\"remark\">And \(more) more, in quarantine.jsonl.</p>")
      </section>
      """
  }

  private static let mostQuarantined = 200

  private var recipe: String {
    """
    <section>
    <h2>Recipe</h2>
    <details>
    <summary>The whole recipe of this run</summary>
    <pre>\(HTML.escaped(record.recipe.text))</pre>
    </details>
    </section>
    """
  }
}
