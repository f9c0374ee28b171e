import Commands
import Evaluation
import Foundation
import Report
import Video

extension EvaluationRecord {
  /// Writes the page of the record.
  func writePage(to path: String) throws {
    try EvaluationPage(self, movies: movies()).write(to: path)
  }

  /// Clips that the page shows, as MP4 files in memory.
  private func movies() throws -> [EvaluationPage.Movies] {
    guard let sampling else { return [] }
    let folder = NSTemporaryDirectory() + "vfm-eval-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func movie(_ clip: [Picture]) throws -> [UInt8] {
      let path = folder + "/clip.mp4"
      try SampleWriter.write(clip, to: path, frameRate: sampling.frameRate)
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return try EvaluationPage.shownPrompts(of: sampling.prompts.count).map { place in
      EvaluationPage.Movies(
        prompt: place, heldOut: try movie(sampling.heldOut[place]), sample: try movie(model.samples[place]),
        base: try base.map { try movie($0.samples[place]) })
    }
  }
}
