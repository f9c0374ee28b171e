/// One part of a clip that is encoded or decoded in parts.
public struct ClipPart: Sendable, Equatable {
  /// Its frames.
  public let frames: Range<Int>
  /// The latent frames that stand for them.
  public let latents: Range<Int>
}

extension VideoAutoencoderConfiguration {
  /// The parts of a clip of so many latent frames: of `atOnce` each, the first of one more, which is the clip's first frame;
  /// the last may be shorter.
  public func parts(latents: Int, atOnce: Int) -> [ClipPart] {
    precondition(latents > 0, "a clip has one latent frame at least")
    precondition(atOnce > 0, "parts of \(atOnce) latent frames never end; take 1 or more")
    let bounds = [0] + stride(from: atOnce + 1, to: latents, by: atOnce) + [latents]
    return zip(bounds, bounds.dropFirst()).map { start, end in
      ClipPart(frames: frames(before: start)..<frames(before: end), latents: start..<end)
    }
  }

  /// The parts of a clip of so many frames.
  ///
  /// - Parameters:
  ///   - frames: timeFactor · n + 1.
  ///   - atOnce: at most so many frames at once, and one more in the first part; but never fewer than one latent stands for.
  public func parts(frames: Int, atOnce: Int) -> [ClipPart] {
    let problem = problem(frames: frames)
    precondition(problem == nil, problem!)
    return parts(latents: latentFrames(frames), atOnce: max(1, atOnce / timeFactor))
  }

  /// What to do about clips of a size that no latents stand for; nil for those that they do.
  public func problem(frames: Int = 1, height: Int? = nil, width: Int? = nil) -> String? {
    let fewer = (max(1, frames) - 1) / timeFactor * timeFactor + 1
    if frames != fewer {
      return "\(frames) frames are not \(timeFactor)n + 1; take \(fewer) or \(fewer + timeFactor)"
    }
    for (name, size) in [("a height", height), ("a width", width)] {
      if let size { if let problem = Self.problem(name, size, unit: pixelFactor) { return problem } }
    }
    return nil
  }

  /// What to do about a length in pixels that is no number of latents.
  static func problem(_ name: String, _ size: Int, unit: Int) -> String? {
    let near = max(0, size) / unit * unit
    guard size != near || size == 0 else { return nil }
    return "\(name) of \(size) pixels is no multiple of the \(unit) that a latent stands for; take "
      + (near == 0 ? "\(unit)" : "\(near) or \(near + unit)")
  }

  /// What so many of a clip's first latents stand for.
  private func frames(before latents: Int) -> Int { latents == 0 ? 0 : (latents - 1) * timeFactor + 1 }
}
