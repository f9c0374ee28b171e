import Foundation
import Video

extension ReportPage {
  /// The latest samples large and moving, the earlier sheets folded away.
  var samples: String {
    guard let latest = record.samples.last else { return "" }
    let all = latest.clips
    let clips = all.filter(\.format.isShownByBrowsers).enumerated().map { index, clip in
      let caption = clip.prompt ?? "prompt \(index)"
      return """
        <figure>\(Self.moving(clip.data, clip.format, caption))
        <figcaption>\(HTML.escaped(caption))</figcaption></figure>
        """
    }
    let hidden = all.contains { !$0.format.isShownByBrowsers }
    let frames = record.recipe.longerSide ?? 0 < Self.largePixels ? " small" : ""
    let moving =
      clips.isEmpty ? "" : "<div class=\"clips\(frames)\">\n\(clips.joined(separator: "\n"))\n</div>\n"
    return """
      <section>
      <h2>Samples after step \(latest.step)</h2>
      <p class="lead">Fixed prompts from fixed noise, with the averaged weights: a row a prompt, a column a frame.</p>
      \(moving)\(hidden ? Self.hiddenClips : "")\(sheet(latest))
      \(earlier)
      </section>
      """
  }

  private static let hiddenClips =
    "<p>The clips are lossless Matroska files, which browsers do not show; they lie beside the sheet.</p>\n"

  /// A clip that plays by itself, over and over.
  private static func moving(_ data: Data, _ format: VideoFormat, _ words: String) -> String {
    let source = embedded(data, as: format.mediaType)
    return format == .gif
      ? "<img class=\"clip\" src=\"\(source)\" alt=\"\(HTML.escaped(words))\">"
      : "<video src=\"\(source)\" controls loop muted autoplay playsinline></video>"
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
