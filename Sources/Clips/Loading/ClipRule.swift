import ClipIndexing
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

  /// What an index tells of a clip, be it that it is unreadable; nil when that is not enough.
  static func told(of entry: ClipEntry, by line: IndexLine, _ limits: DecodeLimits) -> Result<
    ClipFacts, BadClip
  >? {
    if line.verdict == .unreadable {
      return .failure(BadClip(entry, stage: IndexGuard.stage, reason: line.reason ?? "it is unreadable"))
    }
    // The index tells the size as shown: whether the coded one is too large, only the file does.
    guard let facts = ClipFacts(line), facts.pixels <= limits.maxPixels else { return nil }
    return .success(facts)
  }
}

/// Whether samples of a shape can be made of a clip: the one rule of a run, of the plans and checks before it, of packs,
/// and of curation.
public struct ClipRule: Sendable {
  /// The one with the fewest frames first: if any shape can be made of a clip, then that one, unless it is too large.
  private let shapes: [ClipShape]
  private let limits: DecodeLimits

  /// The rule for samples of a shape.
  /// - Parameter limits: what a clip may cost.
  public init(_ shape: ClipShape, _ limits: DecodeLimits) { self.init([shape], limits) }

  /// The rule for samples of any of some shapes.
  /// - Parameter limits: what a clip may cost.
  public init(_ shapes: [ClipShape], _ limits: DecodeLimits) {
    self.shapes = shapes.sorted { $0.frames < $1.frames }
    self.limits = limits
  }

  /// Why no sample can be made of a clip, or of the piece that its entry names; nil when one can.
  func fault(of entry: ClipEntry, _ facts: ClipFacts) -> BadClip? {
    var first: BadClip?
    for shape in shapes {
      guard let fault = fault(of: entry, facts, shape) else { return nil }
      first = first ?? fault
    }
    return first
  }

  private func fault(of entry: ClipEntry, _ facts: ClipFacts, _ shape: ClipShape) -> BadClip? {
    if shape.frames > 1 && entry.isPicture {
      return BadClip(
        entry, stage: "choosing frames", reason: "it is a picture, which is no clip of \(shape.frames) frames"
      )
    }
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
    ClipFacts.told(of: entry, by: line, limits).map { verdict(entry, $0) }
  }

  /// What the rule says of a clip of which all is known.
  private func verdict(_ entry: ClipEntry, _ facts: Result<ClipFacts, BadClip>) -> Verdict {
    switch facts {
    case .failure(let clip): Verdict(fault: clip)
    case .success(let facts): Verdict(fault: fault(of: entry, facts))
    }
  }

  /// The same by the clip itself: opens it and decodes its first frame.
  /// - Throws: `MachineError`.
  package func verdict(onFileOf entry: ClipEntry) throws -> Verdict {
    verdict(entry, try ClipFacts.read(of: entry, limits))
  }

  /// What the rule says of a clip.
  package struct Verdict {
    /// Why it cannot be used; nil when it can.
    package let fault: BadClip?
  }
}
