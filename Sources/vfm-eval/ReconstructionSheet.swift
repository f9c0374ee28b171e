import Clips
import Evaluation
import Foundation
import Report
import Video

/// A sheet of held-out clips, each above what an autoencoder makes of it.
enum ReconstructionSheet {
  /// Clips of a sheet, at most.
  private static let most = 8

  /// Draws the sheet of clips from all over the list.
  static func picture(_ clips: ClipReader, by reconstructor: any Reconstructor) -> Picture {
    let count = min(most, clips.count)
    var (rows, captions): ([[Picture]], [String]) = ([], [])
    for place in (0..<count).map({ $0 * clips.count / count }) {
      let original = clips.examples(place..<place + 1).clips
      let reconstruction = reconstructor.reconstruct(original)
      var figures = ReconstructionFigures()
      figures.add(reconstruction, of: original)
      rows += [original, reconstruction].map { Picture.frames(of: $0, clip: 0) }
      let entry = clips.entries[place]
      captions += [
        entry.caption.isEmpty ? entry.name : entry.caption, String(format: "reconstructed: %.1f dB", figures.clips[0].psnr),
      ]
    }
    return ContactSheet.picture(rows: rows, captions: captions)
  }
}
