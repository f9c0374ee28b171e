import Clips

/// How the tokens of a clip become what is kept of it.
public enum FeaturePool: String, Sendable, CaseIterable {
  /// Their mean, D values.
  case mean
  /// What the model's attentive pooler makes of them, D values.
  case attentive
  /// All of them, N·D values.
  case tokens
}

/// What decides the values of features beside the clips: those of equal identity can be compared.
public struct FeatureIdentity: Sendable, Equatable {
  /// The SHA-256 of the model's averaged weights.
  public let weights: String
  /// The kind of task, as recipes name it.
  public let kind: String
  /// Behind which block tokens were taken, of how many.
  public let block: Int, depth: Int
  /// How much noise was laid over clips, 0 to 1, and whether the model was told captions; nil for models without noise.
  public let time: Double?, readsCaptions: Bool?
  /// What was kept of a clip.
  public let pool: FeaturePool
  /// The frames that were seen of a clip.
  public let clipShape: ClipShape

  /// An identity of these parts.
  public init(
    weights: String, kind: String, block: Int, depth: Int, time: Double? = nil, readsCaptions: Bool? = nil,
    pool: FeaturePool, clipShape: ClipShape
  ) {
    self.weights = weights
    self.kind = kind
    self.block = block
    self.depth = depth
    self.time = time
    self.readsCaptions = readsCaptions
    self.pool = pool
    self.clipShape = clipShape
  }

  /// What is another in other features than in these, in words; nil when nothing is.
  public func difference(to other: FeatureIdentity) -> String? {
    func captions(_ read: Bool?) -> String { read == true ? "with captions" : "without captions" }
    func noise(_ time: Double?) -> String { time.map { "time \($0)" } ?? "no noise" }
    func frames(_ shape: ClipShape) -> String {
      "\(shape.frames) frames of \(shape.width)×\(shape.height) at \(shape.frameRate) a second"
    }
    let parts: [(ours: String, theirs: String)] = [
      ("task.kind \"\(kind)\"", "\"\(other.kind)\""),
      ("weights \(weights.prefix(12))", "\(other.weights.prefix(12))"),
      ("block \(block)", "\(other.block)"), (noise(time), noise(other.time)),
      (captions(readsCaptions), captions(other.readsCaptions)),
      ("--pool \(pool.rawValue)", other.pool.rawValue), (frames(clipShape), frames(other.clipShape)),
    ]
    let same: [Bool] = [
      kind == other.kind, weights == other.weights, block == other.block, time == other.time,
      readsCaptions == other.readsCaptions, pool == other.pool, clipShape == other.clipShape,
    ]
    let differing = zip(parts, same).filter { !$0.1 }.map { "\($0.0.ours) instead of \($0.0.theirs)" }
    return differing.isEmpty ? nil : differing.joined(separator: ", ")
  }

  /// "block 6 of 12 of task.kind "classification", weights 9f3ac0de1234, --pool mean".
  public var words: String {
    let noise = time.map { ", time \($0), \(readsCaptions == true ? "with" : "without") captions" } ?? ""
    return "block \(block) of \(depth) of task.kind \"\(kind)\", weights \(weights.prefix(12))\(noise), "
      + "--pool \(pool.rawValue)"
  }
}

/// Which clips features are of.
public struct FeatureOrigin: Sendable, Equatable {
  /// The manifest, as it was named.
  public let manifest: String
  /// The SHA-256 of its list of clips, and of their labels.
  public let listHash: String, labelHash: String
  /// Which part of the list.
  public let shard: FeatureShard

  /// Where clips come from.
  public init(manifest: String, listHash: String, labelHash: String, shard: FeatureShard) {
    self.manifest = manifest
    self.listHash = listHash
    self.labelHash = labelHash
    self.shard = shard
  }
}

/// One of several equal runs of a list: "3/8" is the third of eight.
public struct FeatureShard: Sendable, Equatable {
  /// Which, from 1, of how many.
  public let number: Int, count: Int

  /// All of the list.
  public static let whole = FeatureShard(number: 1, count: 1)!

  /// A part; nil unless 1 ≤ number ≤ count.
  public init?(number: Int, count: Int) {
    guard number >= 1, number <= count else { return nil }
    self.number = number
    self.count = count
  }

  /// The part that a text such as "3/8" names; nil for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1] else { return nil }
    self.init(number: number, count: count)
  }

  /// "3/8".
  public var words: String { "\(number)/\(count)" }

  /// The places of a list of so many clips that it has: runs whose lengths differ by one at most.
  public func places(of clips: Int) -> Range<Int> {
    (number - 1) * clips / count..<number * clips / count
  }
}
