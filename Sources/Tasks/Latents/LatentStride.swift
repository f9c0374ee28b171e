import Clips
import Fields
import Layers

/// Frames, rows and columns that a latent stands for; the first frame of a clip has a latent of its own.
public struct LatentStride: Sendable, Equatable {
  /// By Wan 2.1's autoencoder 4, 8 and 8.
  public let frames: Int, height: Int, width: Int

  /// A stride.
  public init(frames: Int, height: Int, width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }

  /// As a list.
  var list: [Int] { [frames, height, width] }

  /// The latents of a clip as a shape of their own, for a clip that passed `check`.
  public func latents(of clips: ClipShape) -> ClipShape {
    ClipShape(
      frames: (clips.frames - 1) / frames + 1, height: max(1, clips.height / height),
      width: max(1, clips.width / width), frameRate: clips.frameRate)
  }

  /// Reports a clip that is no whole number of latents, or whose latents the patch does not divide.
  /// - Parameter path: "data", or the place of a further shape.
  func check(_ section: Section, clips: ClipShape, patch: PatchSize, at path: String) {
    checkFrames(section, clips.frames, patch: patch, at: path)
    for (name, size, stride, part) in [
      ("height", clips.height, height, patch.height), ("width", clips.width, width, patch.width),
    ] {
      let unit = stride * part
      let near = [size / unit * unit, (size / unit + 1) * unit].filter(ClipShape.sideRange.contains)
      section.reader.expect(
        size % unit == 0, of: "\(path).\(name)", "model.patch", "task.latentStride",
        otherwise: "\(size) is no multiple of \(unit), \(part) latents of \(stride) pixels a patch; "
          + "\(near.map(String.init).joined(separator: " or ")) would fit")
    }
  }

  /// Reports frames that are no whole number of latents, or whose latents the patch does not divide.
  /// - Parameter path: the section with the key `frames`.
  func checkFrames(_ section: Section, _ count: Int, patch: PatchSize, at path: String) {
    let (fewer, latents) = ((count - 1) / frames * frames + 1, (count - 1) / frames + 1)
    section.reader.expect(
      count == fewer, of: "\(path).frames", "task.latentStride",
      otherwise:
        "\(count) frames are not \(frames)n + 1: the first frame has a latent of its own, and each "
        + "\(frames) further ones share one; \(fewer) or \(fewer + frames) would fit")
    section.reader.expect(
      latents % patch.frames == 0, of: "\(path).frames", "model.patch",
      otherwise:
        "\(count) frames have \(latents) latent frames, no multiple of the \(patch.frames) of a patch")
  }
}
