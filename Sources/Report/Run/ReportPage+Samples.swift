import Foundation
import Video

extension ReportPage {
  /// The latest samples large and moving, beside the base's where the run began with one; the sheets between folded away.
  var samples: String {
    guard let latest = record.samples.last else { return "" }
    if let base = record.samples.first, base.step == 0, latest.step > 0 {
      return samples(latest, beside: base)
    }
    let clips = latest.clips.filter(\.format.isShownByBrowsers).map { clip in
      "<figure>\(Self.moving(clip))\n<figcaption>\(HTML.escaped(clip.caption))</figcaption></figure>"
    }
    let earlier = earlier(record.samples.dropLast())
    return """
      <section>
      <h2>Samples \(Self.origin(latest))</h2>
      <p class="lead">Fixed prompts from fixed noise, with the averaged weights: a row a prompt, a column a frame.</p>
      \(grid("clips", clips))\(hiddenClips([latest]))\(sheet(latest))
      \(earlier)
      </section>
      """
  }

  /// Prompt by prompt in two columns, and below the sheets of both.
  private func samples(_ latest: SampleSet, beside base: SampleSet) -> String {
    func shown(_ set: SampleSet) -> [SampleSet.Clip] { set.clips.filter(\.format.isShownByBrowsers) }
    let pairs = SamplePair.all(shown(base), shown(latest)).map { pair in
      """
      <figure><div class="pair">
      <div><p class="which">the base</p>\(pair.base.map(Self.moving) ?? "<p class=\"which\">was not asked this</p>")</div>
      <div><p class="which">\(Self.origin(latest))</p>\(Self.moving(pair.now))</div>
      </div><figcaption>\(HTML.escaped(pair.now.caption))</figcaption></figure>
      """
    }
    let sheets = [(base, "the base"), (latest, Self.origin(latest))].map { set, words in
      "<figure><p class=\"which\">\(words)</p>\(sheet(set))</figure>"
    }
    return """
      <section>
      <h2>Samples: the base, and \(Self.origin(latest))</h2>
      <p class="lead">The same prompts from the same noise, with the averaged weights. In the sheets: a row a prompt, a column a frame.</p>
      \(grid("pairs", pairs))\(hiddenClips([base, latest]))<div class="sheets">
      \(sheets.joined(separator: "\n"))
      </div>
      \(earlier(record.samples.dropFirst().dropLast()))
      </section>
      """
  }

  private static func origin(_ set: SampleSet) -> String {
    set.step == 0 ? "of the base" : "after step \(set.step)"
  }

  private func grid(_ kind: String, _ figures: [String]) -> String {
    let frames = record.recipe.longerSide ?? 0 < Self.largePixels ? " small" : ""
    return figures.isEmpty
      ? "" : "<div class=\"\(kind)\(frames)\">\n\(figures.joined(separator: "\n"))\n</div>\n"
  }

  /// Says that there are clips which the page does not show.
  private func hiddenClips(_ sets: [SampleSet]) -> String {
    sets.contains { $0.clips.contains { !$0.format.isShownByBrowsers } }
      ? "<p>The clips are lossless Matroska files, which browsers do not show; they lie beside the sheet.</p>\n"
      : ""
  }

  /// A clip that plays by itself, over and over.
  private static func moving(_ clip: SampleSet.Clip) -> String {
    let source = embedded(clip.data, as: clip.format.mediaType)
    return clip.format == .gif
      ? "<img class=\"clip\" src=\"\(source)\" alt=\"\(HTML.escaped(clip.caption))\">"
      : "<video src=\"\(source)\" controls loop muted autoplay playsinline></video>"
  }

  /// Frames from this size on are shown smooth; smaller ones with the pixels that they have.
  private static let largePixels = 160

  /// Earlier sheets that are shown at most, evenly over the run.
  private static let mostEarlier = 12

  private func earlier(_ sets: some Collection<SampleSet>) -> String {
    let all = Array(sets)
    guard !all.isEmpty else { return "" }
    let count = min(all.count, Self.mostEarlier)
    let shown = (0..<count).map { all[count == 1 ? all.count - 1 : $0 * (all.count - 1) / (count - 1)] }
    let sheets = shown.reversed().map { set in
      "<figure>\n\(sheet(set))\n<figcaption>\(Self.origin(set))</figcaption></figure>"
    }
    return """
      <details>
      <summary>Earlier samples: \(count == all.count ? "\(count)" : "\(count) of \(all.count)")</summary>
      <div class="earlier">
      \(sheets.joined(separator: "\n"))
      </div>
      </details>
      """
  }

  private func sheet(_ set: SampleSet) -> String {
    guard let data = set.sheet else { return "" }
    let words = HTML.escaped(set.prompts.joined(separator: "; "))
    return "<img class=\"sheet\" src=\"\(Self.embedded(data, as: "image/png"))\" alt=\"Frames of: \(words)\">"
  }

  private static func embedded(_ data: Data, as type: String) -> String {
    "data:\(type);base64,\(data.base64EncodedString())"
  }
}
