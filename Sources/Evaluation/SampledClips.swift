import Sampling
import Tensors
import Video

/// Samples clips as pictures, a few wishes a pass.
public struct SampledClips {
  private let sampler: any Sampler
  private let settings: SamplerSettings

  /// Clips of a pass, at most.
  private static let pass = 16

  /// Samples of a sampler, whose parameters are read as they are at the call.
  public init(_ sampler: any Sampler, _ settings: SamplerSettings) {
    self.sampler = sampler
    self.settings = settings
  }

  /// The pictures of each clip, in the order of the wishes.
  ///
  /// - Parameters:
  ///   - size: of the clips, a multiple of the sampler's unit.
  ///   - progress: called with the share done; sampling stops, with what it has, if it returns false.
  public func pictures(
    of wishes: [Wish], size: SampleSize, progress: (Double) -> Bool = { _ in true }
  ) -> [[Picture]] {
    var clips: [[Picture]] = []
    while clips.count < wishes.count {
      let first = clips.count
      let part = Array(wishes[first..<min(wishes.count, first + Self.pass)])
      var goesOn = true
      let samples = sampler.clips(for: part, size: size, settings: settings, firstSample: first) { share in
        goesOn = progress((Double(first) + Double(part.count) * share) / Double(wishes.count))
        return goesOn
      }
      clips += (0..<part.count).map { Picture.frames(of: samples, clip: $0) }
      if !goesOn { break }
    }
    return clips
  }

  /// Takes a step of sampling for each pass of wishes: during a `Plan`, what memory that takes.
  public func rehearse(_ wishes: [Wish], size: SampleSize) {
    for first in stride(from: 0, to: wishes.count, by: Self.pass) {
      let part = Array(wishes[first..<min(wishes.count, first + Self.pass)])
      _ = sampler.clips(for: part, size: size, settings: settings, firstSample: 0) { _ in false }
    }
  }
}

extension Picture {
  /// The frames of clip `clip` of a tensor [B, 3, F, H, W] in −1…1.
  public static func frames(of clips: Tensor, clip: Int) -> [Picture] {
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
}
