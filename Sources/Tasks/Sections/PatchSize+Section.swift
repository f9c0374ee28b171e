import Clips
import Fields
import Layers

extension PatchSize {
  /// The most tokens a clip may have, N = t·h·w.
  package static let tokenLimit = 1_000_000

  /// Declares `patch`.
  public init(_ section: Section, default size: [Int]) {
    let patch = section.integers(
      "patch", 1...64, default: size,
      "What one token covers: frames, rows and columns; each must divide the clip's size.")
    self.init(frames: patch[0], height: patch[1], width: patch[2])
  }

  /// Reports clips that the patch does not divide, or that have too many tokens.
  /// - Parameters:
  ///   - place: where their sizes stand in the recipe.
  ///   - sampledFrames: the frames of sampled clips, where the recipe gives them.
  public func check(
    _ section: Section, clips: ClipShape, at place: String = "data", sampledFrames: Int? = nil
  ) {
    var sizes = [
      ("\(place).frames", clips.frames, frames, ClipShape.frameRange, "frames"),
      ("\(place).height", clips.height, height, ClipShape.sideRange, "rows"),
      ("\(place).width", clips.width, width, ClipShape.sideRange, "columns"),
    ]
    if let sampledFrames {
      sizes.append(("samples.frames", sampledFrames, frames, ClipShape.frameRange, "frames"))
    }
    for (path, size, part, range, unit) in sizes {
      let near = [size / part * part, (size / part + 1) * part].filter(range.contains)
      section.reader.expect(
        size % part == 0, of: path, "model.patch",
        otherwise: "\(size) is no multiple of the \(part) \(unit) of a patch (model.patch); "
          + "\(near.map(String.init).joined(separator: " or ")) would fit")
    }
    let tokens = (clips.frames / frames) * (clips.height / height) * (clips.width / width)
    section.reader.expect(
      tokens <= Self.tokenLimit, of: "model.patch", "\(place).frames", "\(place).height", "\(place).width",
      otherwise: "\(clips.frames) × \(clips.height) × \(clips.width) in patches of "
        + "\(frames) × \(height) × \(width) make \(tokens) tokens a clip, more than "
        + "\(Self.tokenLimit); take larger patches, or a shorter or smaller clip")
  }

  /// The tokens of a clip; 0 where the patch does not divide it.
  public func grid(of clips: ClipShape) -> TokenGrid {
    TokenGrid(
      frames: clips.frames / frames, height: clips.height / height, width: clips.width / width)
  }
}
