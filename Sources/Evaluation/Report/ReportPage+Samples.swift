import Foundation

extension ReportPage {
  /// The latest samples large and moving, the earlier sheets folded away.
  var samples: String {
    guard let latest = record.samples.last else { return "" }
    let clips = latest.clips.enumerated().map { index, clip in
      let caption = clip.prompt ?? "prompt \(index)"
      return """
        <figure><video src="\(Self.embedded(clip.data, as: "video/mp4"))" controls loop muted autoplay playsinline></video>
        <figcaption>\(HTML.escaped(caption))</figcaption></figure>
        """
    }
    let frames = record.recipe.longerSide ?? 0 < Self.largePixels ? " small" : ""
    let moving =
      clips.isEmpty ? "" : "<div class=\"clips\(frames)\">\n\(clips.joined(separator: "\n"))\n</div>\n"
    return """
      <section>
      <h2>Samples after step \(latest.step)</h2>
      <p class="lead">Fixed prompts from fixed noise, with the averaged weights: a row a prompt, a column a frame.</p>
      \(moving)\(sheet(latest))
      \(earlier)
      </section>
      """
  }

  /// Frames from this size on are shown smooth; smaller ones with the pixels that they have.
  private static let largePixels = 160

  /// Earlier sheets that are shown at most, evenly over the run.
  private static let mostEarlier = 12

  private var earlier: String {
    let all = record.samples.dropLast()
    guard !all.isEmpty else { return "" }
    let count = min(all.count, Self.mostEarlier)
    let shown = (0..<count).map { all[count == 1 ? all.count - 1 : $0 * (all.count - 1) / (count - 1)] }
    let sheets = shown.reversed().map { set in
      "<figure>\n\(sheet(set))\n<figcaption>after step \(set.step)</figcaption></figure>"
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
