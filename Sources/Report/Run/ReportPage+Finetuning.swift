extension ReportPage {
  /// What fine-tuning did: the losses in a table, what to do about them, and how losses and weights went.
  var finetuning: String {
    let parts = [summary, losses, movement].filter { !$0.isEmpty }
    guard !parts.isEmpty else { return "" }
    let base = record.recipe.base.map { base in
      let method = record.recipe.method.map { ", method \($0)" } ?? ""
      return "\n<p class=\"lead\">From \(HTML.escaped(base + method)).</p>"
    }
    return """
      <section>
      <h2>What fine-tuning did</h2>\(base ?? "")
      \(parts.joined(separator: "\n"))
      </section>
      """
  }

  private var summary: String {
    guard let summary = record.finetuning else { return "" }
    func paragraphs(_ kind: String, _ words: [String?]) -> [String] {
      words.compactMap { $0 }.map { "<p class=\"\(kind)\">\(HTML.escaped(Self.sentence($0)))</p>" }
    }
    let parts =
      [summary.table?.html].compactMap { $0 }
      + paragraphs("said", [summary.movement, summary.bestStep()]) + paragraphs("remark", summary.warnings)
    return parts.joined(separator: "\n")
  }

  /// With a capital and a full stop.
  private static func sentence(_ words: String) -> String {
    words.prefix(1).uppercased() + words.dropFirst() + "."
  }

  /// The loss on both kinds of held-out clips. Where there is one kind only, its chart by condition shows all there is.
  private var losses: String {
    let looks = metrics.validations
    guard looks.contains(where: \.rememberedMean.isFinite) else { return "" }
    var chart = LineChart(
      yLabel: "held-out loss",
      lines: [
        LineChart.Line(
          name: "the base's clips", curve: metrics.curve { $0.rememberedMean }.thinned(to: Self.mostPoints),
          style: .level(5, of: 8)),
        LineChart.Line(name: "new clips", curve: metrics.curve { $0.mean }.thinned(to: Self.mostPoints)),
      ])
    chart.marks = bestMark + changeMarks
    return """
      <h3>Held-out loss</h3>
      <p class="lead">On clips like those that are trained on, and on clips of the kind that the base was trained on: where that rises, the model forgets.</p>
      <figure class="broad">\(chart.svg)</figure>
      """
  }

  // MARK: weights

  private var movement: String {
    guard let last = metrics.validations.last(where: { !$0.weightChange.isEmpty }) else { return "" }
    let blocks = last.weightChange
    var chart = LineChart(
      yLabel: "weight change, % of the weights' size", lines: lines(of: blocks), scale: .linear,
      includesZero: true)
    chart.marks = changeMarks
    let few = blocks.count <= Self.mostCurves
    let lead =
      few
      ? "A line a block."
      : "Pale: each block. Named: those that moved least, most, and the one in the middle."
    return """
      <h3>Weight change by block</h3>
      <p class="lead">How far the weights of each block are from the base's, as a share of their size: |ΔW| / |W|. \(lead)</p>
      <figure class="broad">\(chart.svg)</figure>
      <details\(few ? " open" : "")>
      <summary>By block after step \(last.step)</summary>
      \(table(of: blocks))
      </details>
      """
  }

  /// Blocks with a named curve each, at most.
  private static let mostCurves = 8

  private func lines(of blocks: [BlockChange]) -> [LineChart.Line] {
    func curve(_ block: String) -> Curve {
      metrics.curve { look in look.weightChange.first { $0.block == block }.map { 100 * $0.relative } }
        .thinned(to: Self.mostPoints)
    }
    guard blocks.count > Self.mostCurves, let spread = blocks.spread else {
      return blocks.enumerated().map { index, change in
        LineChart.Line(name: change.block, curve: curve(change.block), style: .level(index, of: blocks.count))
      }
    }
    let named = [spread.least, spread.median, spread.most]
    return blocks.filter { !named.contains($0) }.map { LineChart.Line(curve: curve($0.block), style: .faint) }
      + named.enumerated().map { index, change in
        LineChart.Line(name: change.block, curve: curve(change.block), style: .level(index, of: 3))
      }
  }

  private func table(of blocks: [BlockChange]) -> String {
    let most = blocks.map(\.relative).max() ?? 0
    let rows = blocks.map { change in
      let share = most > 0 ? 100 * change.relative / most : 0
      return "<tr><td>\(HTML.escaped(change.block))</td>"
        + "<td class=\"bar\"><div style=\"width:\(pixels(share))%\"></div></td>"
        + "<td class=\"number\">\(FinetuneSummary.percent(change))</td></tr>"
    }
    return """
      <div class="wide"><table>
      <thead><tr><th>Block</th><th></th><th class="number">|ΔW| / |W|</th></tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>
      """
  }
}
