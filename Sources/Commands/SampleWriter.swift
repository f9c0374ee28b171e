import Evaluation
import Files
import Foundation
import Report
import Sampling
import Tasks
import Video

/// Writes sampled clips as files.
public enum SampleWriter {
  /// Samples a task's own prompts from fixed noise into a folder: a clip a prompt in the recipe's format, one sheet, and
  /// the prompts.
  /// - Parameter goesOn: asked before each step of the sampler.
  /// - Returns: false, with nothing written, if it was stopped.
  public static func write(
    _ samples: SamplesSection, from sampler: any Sampler, to folder: String, goesOn: () -> Bool
  ) throws -> Bool {
    var isWhole = true
    let clips = SampledClips(sampler, samples.settings).pictures(of: samples.wishes, size: samples.size) {
      _ in
      isWhole = goesOn()
      return isWhole
    }
    guard isWhole else { return false }
    try write(clips, of: samples.prompts, samples.format, frameRate: samples.frameRate, to: folder)
    return true
  }

  /// Whether a folder holds samples of all a task's prompts: the list of prompts is written last.
  public static func areWhole(_ samples: SamplesSection, in folder: String) -> Bool {
    guard let list = FileManager.default.contents(atPath: folder + listName) else { return false }
    return (try? JSONDecoder().decode([String].self, from: list)) == samples.prompts
  }

  private static let listName = "/prompts.json"

  /// Writes a clip a prompt into a folder, one sheet of them all, and the prompts last; each file whole or not at all.
  public static func write(
    _ clips: [[Picture]], of prompts: [String], _ format: VideoFormat, frameRate: Double, to folder: String
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, clip) in clips.enumerated() {
      let name = String(format: "/prompt-%02d.", index) + format.rawValue
      try write(clip, to: folder + name, frameRate: frameRate)
    }
    try writePNG(ContactSheet.picture(rows: clips, captions: prompts), to: folder + "/sheet.png")
    let list = try JSONSerialization.data(
      withJSONObject: prompts, options: [.prettyPrinted, .withoutEscapingSlashes])
    do {
      try WholeFile.replace(folder + listName, with: Array(list))
    } catch {
      throw Failure(.inputOutput, "Cannot write \(folder)\(listName): \(error.words); make room there.")
    }
  }

  /// Writes a clip in the format that the path's ending names.
  ///
  /// Pictures smaller than 128 pixels are enlarged by a whole factor, so that players show them well and the codec's
  /// coarse colour does not blur them. A lossless clip has the pictures as they are.
  public static func write(_ clip: [Picture], to path: String, frameRate: Double) throws {
    let format = VideoFormat(path: path)
    let factor = format == .mkv ? 1 : max(1, 128 / min(clip[0].width, clip[0].height))
    let pictures = clip.map { picture in
      let large = picture.enlarged(by: factor)
      return format?.needsEvenSizes == true ? large.paddedToEven() : large
    }
    let writer = try VideoWriter(
      path: path, width: pictures[0].width, height: pictures[0].height, frameRate: frameRate)
    for picture in pictures { try writer.append(picture) }
    try writer.finish()
  }
}

extension SamplesSection {
  /// A wish for each prompt.
  public var wishes: [Wish] { prompts.map(Wish.init(prompt:)) }
}

extension Picture {
  /// Each pixel as a square of `factor` × `factor`.
  func enlarged(by factor: Int) -> Picture {
    if factor == 1 { return self }
    return remade(width: width * factor, height: height * factor) { x, y in (x / factor, y / factor) }
  }

  /// With the last column or row repeated where a size is odd: H.264 and VP9 ask for even ones here.
  func paddedToEven() -> Picture {
    if width % 2 == 0 && height % 2 == 0 { return self }
    return remade(width: (width + 1) & ~1, height: (height + 1) & ~1) { x, y in
      (min(x, width - 1), min(y, height - 1))
    }
  }

  private func remade(width: Int, height: Int, _ source: (Int, Int) -> (Int, Int)) -> Picture {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let (sx, sy) = source(x, y)
        for c in 0..<3 { picture.pixels[3 * (y * width + x) + c] = pixels[3 * (sy * self.width + sx) + c] }
      }
    }
    return picture
  }
}
