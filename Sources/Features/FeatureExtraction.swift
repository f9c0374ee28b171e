import Clips
import Evaluation
import Files
import Foundation
import Layers
import Manifests
import Tensors

/// Computes features of a list of clips, part by part, so that a run that was stopped goes on where it was.
///
/// Each clip goes through the model alone, so its features have the same bits whatever clips stand beside it, and on any
/// number of threads.
public struct FeatureExtraction {
  private let source: any FeatureSource
  private let identity: FeatureIdentity
  private let origin: FeatureOrigin
  private let manifest: Manifest
  private let labels: LabelSource
  private let places: Range<Int>
  private let reader: ViewReader

  /// The most clips of a part, and the most bytes of its features; a part ends after `partTime`, too, so that no more than
  /// that is lost when the machine goes down.
  static let partClips = 512, partBytes = 64 << 20
  static let partTime = Duration.seconds(300)

  /// How it ended.
  public struct Outcome: Sendable, Equatable {
    /// Clips that have features, and clips that could not be read.
    public var clips: Int, unreadable: Int
    /// How many of both were there from an earlier run.
    public var kept: Int
    /// How many clips are left, where the run was stopped.
    public var left: Int

    /// How an extraction ended.
    public init(clips: Int, unreadable: Int = 0, kept: Int = 0, left: Int = 0) {
      (self.clips, self.unreadable, self.kept, self.left) = (clips, unreadable, kept, left)
    }
  }

  /// An extraction.
  ///
  /// - Parameters:
  ///   - identity: what the features are; its block, time and captions are what is asked of `source`.
  ///   - labels: where the manifest says which class a clip is of.
  ///   - reader: reads the clips; its shape is that of the identity.
  public init(
    _ source: any FeatureSource, identity: FeatureIdentity, manifest: Manifest, shard: FeatureShard = .whole,
    labels: LabelSource = .label, reader: ViewReader
  ) {
    precondition(identity.clipShape == reader.shape, "clips are read in the shape that the features are of")
    precondition((1...source.depth).contains(identity.block), "there is no block \(identity.block)")
    self.source = source
    self.identity = identity
    self.manifest = manifest
    self.reader = reader
    self.labels = labels
    places = shard.places(of: manifest.count)
    origin = FeatureOrigin(
      manifest: manifest.path, listHash: manifest.listHash,
      labelHash: manifest.indices.lazy.map { manifest.label($0, from: labels) ?? "" }.labelHash, shard: shard)
  }

  /// The number of clips.
  public var count: Int { places.count }

  /// Where the parts of a file lie until it is written.
  public func partsFolder(of output: String) -> String { FeatureParts(of: output).folder }

  /// What a file holds, if it is there and holds these features of these clips.
  /// - Throws: `FeaturesError.occupied` when it holds no features, so that nothing else is ever replaced by them.
  public func finished(in output: String) throws -> ClipFeatures? {
    guard FileManager.default.fileExists(atPath: output) else { return nil }
    guard let found = try? FeatureFile.read(output) else { throw FeaturesError.occupied(path: output) }
    return found.identity == identity && origin.difference(to: found.origin) == nil ? found : nil
  }

  /// Computes what is not there yet, and writes the file when all is there.
  ///
  /// - Parameters:
  ///   - output: the file; parts lie in the folder `output.parts` until it is written.
  ///   - tell: is given sentences about clips that cannot be read, and parts that are made anew.
  ///   - goesOn: asked before each clip with how many are done; if it says no, what is done is saved.
  /// - Throws: `FeaturesError`, `PackError`, `MachineError`.
  public func write(
    to output: String, tell: (String) -> Void = { _ in }, goesOn: (_ done: Int) -> Bool = { _ in true }
  ) throws -> Outcome {
    let parts = FeatureParts(of: output)
    try FileManager.default.createDirectory(atPath: parts.folder, withIntermediateDirectories: true)
    var whole = try parts.whole(
      from: places.lowerBound, identity: identity, origin: origin, note: { tell("note: \($0)") })
    var (next, stopped) = (whole.last?.upperBound ?? places.lowerBound, false)
    let kept = next - places.lowerBound
    while next < places.upperBound, !stopped {
      let part = try part(from: next, tell: tell, goesOn: goesOn)
      if part.end > next {
        try FeatureFile.write(part.features, to: parts.path(next..<part.end))
        whole.append(next..<part.end)
      }
      (next, stopped) = (part.end, part.isStopped)
    }
    guard next == places.upperBound else {
      return Outcome(clips: next - places.lowerBound, kept: kept, left: places.upperBound - next)
    }
    let features = try joined(whole.map { try FeatureFile.read(parts.path($0)) })
    guard !features.clips.isEmpty else {
      parts.remove()
      throw FeaturesError.unfit(
        "None of the \(count) clips of \(manifest.path) can be read; the messages above say why.")
    }
    try FeatureFile.write(features, to: output)
    parts.remove()
    return Outcome(clips: features.clips.count, unreadable: features.unreadable.count, kept: kept)
  }

  /// Computes the features of clips from a place on, until a part is full.
  private func part(
    from first: Int, tell: (String) -> Void, goesOn: (_ done: Int) -> Bool
  ) throws -> (features: ClipFeatures, end: Int, isStopped: Bool) {
    let begun = ContinuousClock.now
    var (clips, unreadable, values) = ([ClipFeatures.Clip](), [String](), [Float]())
    var (tokens, place, isStopped) = (1, first, false)
    while place < min(places.upperBound, first + Self.partClips), values.count * 4 < Self.partBytes,
      ContinuousClock.now - begun < Self.partTime
    {
      guard goesOn(place - places.lowerBound) else {
        isStopped = true
        break
      }
      let entry = manifest[place]
      let read = try reader.forEachBatch(of: 1, from: [entry]) { batch in
        let rows = rows(of: batch.examples)
        tokens = rows.rows
        values += rows.values
        return true
      }
      if let bad = read?.unreadable.first {
        tell("left out: \(bad)")
        unreadable.append(entry.name)
      } else {
        clips.append(
          ClipFeatures.Clip(
            place: place, name: entry.name, start: entry.start, end: entry.end,
            label: entry.label(from: labels)))
      }
      place += 1
    }
    let features = ClipFeatures(
      identity: identity, origin: origin, clips: clips, unreadable: unreadable, tokens: tokens,
      width: source.width, values: values)
    return (features, place, isStopped)
  }

  /// The rows that are kept of one clip: [1, D] or [N, D].
  private func rows(of examples: Examples) -> Tensor {
    let tokens = source.tokens(
      of: examples,
      FeatureLook(
        block: identity.block, time: identity.time ?? 0, readsCaptions: identity.readsCaptions ?? true))
    switch identity.pool {
    case .tokens: return tokens
    case .mean: return TokenMean().forward(tokens, lengths: [tokens.rows]).output
    case .attentive:
      guard let pooling = source.attentivePooling else {
        preconditionFailure("a model without an attentive pooler has no such vectors")
      }
      return pooling(tokens, 1)
    }
  }

  private func joined(_ parts: [ClipFeatures]) throws -> ClipFeatures {
    ClipFeatures(
      identity: identity, origin: origin, clips: parts.flatMap(\.clips),
      unreadable: parts.flatMap(\.unreadable),
      tokens: parts.first { !$0.clips.isEmpty }?.tokens ?? 1, width: source.width,
      values: parts.flatMap(\.values))
  }
}
