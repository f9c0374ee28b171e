import Evaluation
import Foundation
import Video

extension EvaluationPage {
  /// Samples of the same prompts: a held-out clip, the base's and the model's side by side, moving; and frame by frame.
  func samples() throws -> String {
    guard let sampling = record.sampling, !record.model.samples.isEmpty else { return "" }
    let shown = Self.shownPrompts(of: sampling.prompts.count)
    let some =
      shown.count == sampling.prompts.count ? "" : " \(shown.count) of \(sampling.prompts.count) are shown."
    let both = record.base == nil ? "" : " Both models began from the same noise."
    let sheet = try Self.embedded(sampleSheet(shown, sampling))
    return """
      <section>
      <h2>Samples</h2>
      <p class="lead">Captions of held-out clips, sampled; the clip itself stands beside them.\(both)\(some)</p>
      \(movies.isEmpty ? "" : moving(sampling))
      <details\(movies.isEmpty ? " open" : "")>
      <summary>Frame by frame</summary>
      <p></p>
      <img class="sheet" src="\(sheet)" alt="A row a clip, a column a frame: \(rowNames.joined(separator: ", ")).">
      </details>
      </section>
      """
  }

  /// The model's samples that come closest to a training clip, each above that clip.
  func pairs() throws -> String {
    guard let nearest = record.model.nearest, let training = record.training, !training.closest.isEmpty else {
      return ""
    }
    let sheet = try Self.embedded(
      Self.fitting(training.closest.count) {
        nearest.sheetOfClosest(samples: record.model.samples, nearest: Array(training.closest.prefix($0)))
      })
    return """
      <section>
      <h2>Closest to training clips</h2>
      <p class="lead">The samples that come closest to a training clip, the closest first, each above that clip.</p>
      <img class="sheet" src="\(sheet)" alt="Pairs of rows: a sample, and the training clip nearest to it.">
      </section>
      """
  }

  private var rowNames: [String] {
    record.base == nil ? ["held out", "this"] : ["held out", "base", "this"]
  }

  /// A row a clip, a column a frame.
  private func sampleSheet(_ shown: [Int], _ sampling: EvaluationRecord.Sampling) -> Picture {
    Self.fitting(shown.count) { count in
      let rows = shown.prefix(count).map { place in
        [sampling.heldOut[place]] + (record.base.map { [$0.samples[place]] } ?? []) + [
          record.model.samples[place]
        ]
      }
      let captions = shown.prefix(count).map { place in
        rowNames.enumerated().map {
          $0.offset == 0 ? "\(sampling.prompts[place]) (\($0.element))" : $0.element
        }
      }
      return ContactSheet.picture(rows: rows.flatMap { $0 }, captions: captions.flatMap { $0 })
    }
  }

  private func moving(_ sampling: EvaluationRecord.Sampling) -> String {
    let small = max(sampling.heldOut[0][0].width, sampling.heldOut[0][0].height) < Self.largePixels
    return """
      <div class="moving\(small ? " small" : "")">
      \(movies.map { moving($0, sampling) }.joined(separator: "\n"))
      </div>
      """
  }

  /// Frames from this size on are shown smooth; smaller ones with the pixels that they have.
  private static let largePixels = 160

  private func moving(_ movies: Movies, _ sampling: EvaluationRecord.Sampling) -> String {
    let clips = [movies.heldOut, movies.base, movies.sample].compactMap { $0 }
    let figures = zip(clips, rowNames).map { clip, name in
      """
      <figure><video src="\(Self.embedded(clip, as: "video/mp4"))" controls loop muted autoplay playsinline></video>
      <figcaption>\(name)</figcaption></figure>
      """
    }
    let columns = "grid-template-columns: repeat(\(clips.count), minmax(0, 1fr))"
    return """
      <div>
      <p class="asked">\(HTML.escaped(sampling.prompts[movies.prompt]))</p>
      <div class="beside" style="\(columns)">
      \(figures.joined(separator: "\n"))
      </div>
      </div>
      """
  }

  /// A sheet of so many clips that a page can hold it, at least of one.
  static func fitting(_ most: Int, _ sheet: (Int) -> Picture) -> Picture {
    var (count, picture) = (most, sheet(most))
    while count > 1 && picture.width * picture.height > mostPixels {
      count = (count + 1) / 2
      picture = sheet(count)
    }
    return picture
  }

  /// About 10 MB of PNG.
  private static let mostPixels = 8_000_000

  static func embedded(_ picture: Picture) throws -> String {
    embedded(try pngData(picture), as: "image/png")
  }

  private static func embedded(_ bytes: [UInt8], as type: String) -> String {
    "data:\(type);base64,\(Data(bytes).base64EncodedString())"
  }
}
