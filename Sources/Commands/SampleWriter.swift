import Foundation
import Models
import Report
import Sampling
import Tensors
import Tokens
import Training
import Video

/// Samples clips of prompts and writes them as files.
public struct SampleWriter {
  let model: TextToVideoModel
  let blueprint: Blueprint
  let sampler: FlowSampler

  /// Samples from a model as its parameters are at the call.
  public init(_ model: TextToVideoModel, _ blueprint: Blueprint, steps: Int, guidance: Double) {
    self.model = model
    self.blueprint = blueprint
    sampler = FlowSampler(model: model, steps: steps, guidance: guidance)
  }

  /// Clips of the prompts, one after the other in passes of at most 16.
  ///
  /// - Parameters:
  ///   - shape: frames, height and width; the patch must divide them.
  ///   - progress: called with the share done; sampling stops, with what it has, if it returns false.
  public func pictures(
    of prompts: [String], frames: Int, height: Int, width: Int, seed: UInt64,
    progress: (Double) -> Bool = { _ in true }
  ) -> [[Picture]] {
    let empty = tokens([""])
    var clips: [[Picture]] = []
    while clips.count < prompts.count {
      let first = clips.count
      let part = Array(prompts[first..<min(prompts.count, first + Self.pass)])
      var goesOn = true
      let samples = sampler.clips(
        for: tokens(part), empty: empty, shape: [part.count, 3, frames, height, width], seed: seed,
        firstSample: first
      ) { step in
        let share =
          (Double(first) + Double(part.count * step) / Double(sampler.steps)) / Double(prompts.count)
        goesOn = progress(share)
        return goesOn
      }
      clips += (0..<part.count).map { Picture.frames(of: samples, clip: $0) }
      if !goesOn { break }
    }
    return clips
  }

  /// Takes a step of sampling for each pass of prompts: during a `Plan`, what memory that takes.
  public func rehearse(_ prompts: [String], frames: Int, height: Int, width: Int) {
    for first in stride(from: 0, to: prompts.count, by: Self.pass) {
      let part = Array(prompts[first..<min(prompts.count, first + Self.pass)])
      _ = sampler.clips(
        for: tokens(part), empty: tokens([""]), shape: [part.count, 3, frames, height, width], seed: 0
      ) { _ in false }
    }
  }

  /// Clips of a pass, at most.
  private static let pass = 16

  private func tokens(_ prompts: [String]) -> FlowSampler.Prompts {
    let batch = TokenBatch(
      prompts, tokenizer: blueprint.tokenizer, maximumLength: blueprint.recipe.tokenizer.length)
    return FlowSampler.Prompts(ids: batch.ids, lengths: batch.lengths)
  }

  /// Samples the recipe's own prompts from fixed noise into a folder: a clip a prompt in the recipe's format, one
  /// sheet, and the prompts.
  public func writeSamples(to folder: String) throws {
    let (samples, data) = (blueprint.recipe.samples, blueprint.recipe.data)
    let clips = pictures(
      of: samples.prompts, frames: samples.frames, height: data.height, width: data.width,
      seed: UInt64(samples.seed))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, clip) in clips.enumerated() {
      let name = String(format: "/prompt-%02d.", index) + samples.format.rawValue
      try Self.write(clip, to: folder + name, frameRate: data.frameRate)
    }
    try writePNG(ContactSheet.picture(rows: clips, captions: samples.prompts), to: folder + "/sheet.png")
    let list = try JSONSerialization.data(
      withJSONObject: samples.prompts, options: [.prettyPrinted, .withoutEscapingSlashes])
    try list.write(to: URL(fileURLWithPath: folder + "/prompts.json"))
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

extension Picture {
  /// The frames of clip `clip` of a tensor [B, 3, F, H, W] in −1…1.
  static func frames(of clips: Tensor, clip: Int) -> [Picture] {
    let (frames, height, width) = (clips.shape[2], clips.shape[3], clips.shape[4])
    let plane = height * width
    return (0..<frames).map { frame in
      var picture = Picture(width: width, height: height)
      for channel in 0..<3 {
        let source = clips.pointer + ((clip * 3 + channel) * frames + frame) * plane
        for i in 0..<plane {
          picture.pixels[3 * i + channel] = UInt8(max(0, min(255, ((source[i] + 1) * 127.5).rounded())))
        }
      }
      return picture
    }
  }

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
