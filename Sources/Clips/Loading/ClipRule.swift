import ClipIndexing
import Files
import Manifests
import Video

/// What must be known of a clip to choose a window of it.
struct ClipFacts: Sendable, Equatable {
  /// How long the clip is shown, in seconds.
  let seconds: Double
  /// The size as shown, in pixels.
  let width: Int, height: Int

  /// The pixels of a frame as shown; no more than can be counted.
  var pixels: Int {
    let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
    return overflows ? .max : pixels
  }
}

extension ClipFacts {
  /// The facts of an open clip.
  init(of reader: any VideoReading) throws {
    self.init(seconds: try reader.shownDuration(), width: reader.info.width, height: reader.info.height)
  }

  /// What an index tells of a clip; nil when that is not enough.
  init?(_ line: IndexLine) {
    guard let seconds = line.duration, let width = line.width, let height = line.height, width > 0, height > 0
    else { return nil }
    self.init(seconds: seconds, width: width, height: height)
  }
}

/// Whether samples of a shape can be made of a clip: the one rule of a run, of the plans and checks before it, of packs,
/// and of curation.
public struct ClipRule: Sendable {
  private let shape: ClipShape
  private let limits: DecodeLimits

  /// The rule for samples of a shape.
  /// - Parameter limits: what a clip may cost.
  public init(_ shape: ClipShape, _ limits: DecodeLimits) {
    self.shape = shape
    self.limits = limits
  }

  /// Why no sample can be made of a clip, or of the piece that its entry names; nil when one can.
  func fault(of entry: ClipEntry, _ facts: ClipFacts) -> BadClip? {
    let framing = Framing(width: shape.width, height: shape.height)
    if let reason = framing.excess(over: limits.maxPixels, width: facts.width, height: facts.height) {
      return BadClip(entry, stage: VideoError.Stage.convert.rawValue, reason: reason)
    }
    do throws(BadClip) {
      _ = try Window(of: entry, facts, shape: shape, start: .first, crop: .centre, seed: 0, sample: (0, 0))
      return nil
    } catch {
      return error
    }
  }

  /// The same by what an index tells; a verdict only if that is enough for one.
  package func verdict(on entry: ClipEntry, by line: IndexLine) -> Verdict? {
    if line.verdict == .unreadable {
      return Verdict(
        fault: BadClip(entry, stage: IndexGuard.stage, reason: line.reason ?? "it is unreadable"))
    }
    // The index tells the size as shown: whether the coded one is too large, only the file does.
    guard let facts = ClipFacts(line), facts.pixels <= limits.maxPixels else { return nil }
    return Verdict(fault: fault(of: entry, facts))
  }

  /// The same by the clip itself: opens it and decodes its first frame.
  /// - Throws: `MachineError`.
  package func verdict(onFileOf entry: ClipEntry) throws -> Verdict {
    do {
      let facts = try patiently { try ClipSource.files(limits).open(entry, ClipTimings()).facts() }
      return Verdict(fault: fault(of: entry, facts))
    } catch let clip as BadClip {
      return Verdict(fault: clip)
    }
  }

  /// What the rule says of a clip.
  package struct Verdict {
    /// Why it cannot be used; nil when it can.
    package let fault: BadClip?
  }
}
