import Clips
import Evaluation
import Foundation
import Report
import Video

extension ContactSheet {
  /// Clips from all over a list, each above what an autoencoder makes of it, with its decibels.
  static func reconstructions(of clips: ClipReader, by reconstructor: any Reconstructor) -> Picture {
    let count = min(8, clips.count)
    var (originals, reconstructions, names): ([[Picture]], [[Picture]], [String]) = ([], [], [])
    for place in (0..<count).map({ $0 * clips.count / count }) {
      let original = clips.examples(place..<place + 1).clips
      let reconstruction = reconstructor.reconstruct(original)
      var figures = ReconstructionFigures()
      figures.add(reconstruction, of: original)
      originals.append(Picture.frames(of: original, clip: 0))
      reconstructions.append(Picture.frames(of: reconstruction, clip: 0))
      let entry = clips.entries[place]
      names.append(
        String(
          format: "%@ (%.1f dB)", entry.caption.isEmpty ? entry.name : entry.caption, figures.clips[0].psnr))
    }
    return Self.reconstructions(of: originals, reconstructions, names: names)
  }
}
