import Clips
import HDF5

/// Features as arrays and texts.
///
/// `features` [clips, D] or [clips, N, D] (32-bit floats), `names`, `labels` and `unreadable` (a row of UTF-8 bytes each,
/// filled up with zeros), `spans` [clips, 2] (seconds, NaN where open), `places` [clips].
extension ClipFeatures {
  private static let format = "clip features", version = 1

  /// What a file holds.
  var stored: StoredArrays {
    var stored = StoredArrays()
    let shape = identity.clipShape
    stored.attributes = [
      "format": .text(Self.format), "formatVersion": .integer(Self.version),
      "weights": .text(identity.weights),
      "kind": .text(identity.kind), "block": .integer(identity.block), "depth": .integer(identity.depth),
      "pool": .text(identity.pool.rawValue), "frames": .integer(shape.frames),
      "height": .integer(shape.height),
      "width": .integer(shape.width), "frameRate": .number(shape.frameRate),
      "manifest": .text(origin.manifest), "listHash": .text(origin.listHash),
      "labelHash": .text(origin.labelHash), "shard": .text(origin.shard.words),
      "clips": .integer(clips.count), "tokens": .integer(tokens), "values": .integer(width),
    ]
    if let time = identity.time { stored.attributes["time"] = .number(time) }
    if let reads = identity.readsCaptions {
      stored.attributes["captions"] = .text(reads ? "read" : "left out")
    }
    if !clips.isEmpty {
      stored.arrays["features"] = StoredArrays.Entry(
        shape: identity.pool == .tokens ? [clips.count, tokens, width] : [clips.count, width],
        values: .floats(values))
      stored.arrays["places"] = StoredArrays.Entry(
        shape: [clips.count], values: .integers(clips.map(\.place)))
      stored.arrays["spans"] = StoredArrays.Entry(
        shape: [clips.count, 2], values: .doubles(clips.flatMap { [$0.start ?? .nan, $0.end ?? .nan] }))
      stored.arrays["names"] = StoredArrays.Entry(texts: clips.map(\.name))
      stored.arrays["labels"] = StoredArrays.Entry(texts: clips.map { $0.label ?? "" })
    }
    if !unreadable.isEmpty { stored.arrays["unreadable"] = StoredArrays.Entry(texts: unreadable) }
    stored.attributes["sha256"] = .text(stored.digest)
    return stored
  }

  /// The features that a file holds.
  /// - Throws: `StoredArrays.Trouble`.
  init(_ stored: StoredArrays) throws {
    var unsigned = stored
    guard unsigned.attributes.removeValue(forKey: "format")?.words == Self.format,
      let digest = unsigned.attributes.removeValue(forKey: "sha256")?.words
    else { throw StoredArrays.Trouble.other("it holds no features of clips") }
    func text(_ name: String) throws -> String {
      guard let value = stored.attributes[name]?.words else {
        throw StoredArrays.Trouble.damaged("the attribute \(name) is missing")
      }
      return value
    }
    func number<Value: LosslessStringConvertible>(_ name: String) throws -> Value {
      guard let value = Value(try text(name)) else {
        throw StoredArrays.Trouble.damaged("the attribute \(name) makes no sense")
      }
      return value
    }
    let found: Int = try number("formatVersion")
    guard found <= Self.version else {
      throw StoredArrays.Trouble.other("it is of version \(found), and this program knows \(Self.version)")
    }
    unsigned.attributes["format"] = .text(Self.format)
    guard unsigned.digest == digest else {
      throw StoredArrays.Trouble.damaged("its contents are not those that were written")
    }
    guard let pool = FeaturePool(rawValue: try text("pool")), let shard = FeatureShard(try text("shard"))
    else {
      throw StoredArrays.Trouble.damaged("the attributes pool and shard make no sense")
    }
    let sizes: [Int] = [try number("frames"), try number("height"), try number("width")]
    let (rate, count): (Double, Int) = (try number("frameRate"), try number("clips"))
    let (tokens, width): (Int, Int) = (try number("tokens"), try number("values"))
    guard sizes.allSatisfy({ $0 > 0 }), rate > 0, count >= 0, tokens > 0, width > 0 else {
      throw StoredArrays.Trouble.damaged("its sizes make no sense")
    }
    let clips = try Self.clips(stored, count)
    var values: [Float] = []
    if count > 0 {
      let shape = pool == .tokens ? [count, tokens, width] : [count, width]
      guard case .floats(let floats)? = stored.arrays["features"]?.values,
        stored.arrays["features"]?.shape == shape, pool == .tokens || tokens == 1
      else { throw StoredArrays.Trouble.damaged("the features are not of the shape \(shape)") }
      values = floats
    }
    self.init(
      identity: FeatureIdentity(
        weights: try text("weights"), kind: try text("kind"), block: try number("block"),
        depth: try number("depth"), time: stored.attributes["time"] == nil ? nil : try number("time"),
        readsCaptions: stored.attributes["captions"].map { $0.words == "read" }, pool: pool,
        clipShape: ClipShape(frames: sizes[0], height: sizes[1], width: sizes[2], frameRate: rate)),
      origin: FeatureOrigin(
        manifest: try text("manifest"), listHash: try text("listHash"), labelHash: try text("labelHash"),
        shard: shard),
      clips: clips, unreadable: try stored.arrays["unreadable"]?.texts() ?? [], tokens: tokens, width: width,
      values: values)
  }

  private static func clips(_ stored: StoredArrays, _ count: Int) throws -> [Clip] {
    guard count > 0 else { return [] }
    guard let names = try stored.arrays["names"]?.texts(), let labels = try stored.arrays["labels"]?.texts(),
      case .doubles(let spans)? = stored.arrays["spans"]?.values,
      case .integers(let places)? = stored.arrays["places"]?.values,
      names.count == count, labels.count == count, places.count == count, spans.count == 2 * count
    else { throw StoredArrays.Trouble.damaged("the lists of clips do not fit together") }
    return (0..<count).map { clip in
      Clip(
        place: places[clip], name: names[clip], start: spans[2 * clip].isNaN ? nil : spans[2 * clip],
        end: spans[2 * clip + 1].isNaN ? nil : spans[2 * clip + 1],
        label: labels[clip].isEmpty ? nil : labels[clip])
    }
  }
}

extension StoredArrays.Entry {
  /// A row of bytes for each text, as long as the longest; at least one.
  init(texts: [String]) {
    let length = texts.reduce(1) { max($0, $1.utf8.count) }
    self.init(
      shape: [texts.count, length],
      values: .bytes(texts.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: length - $0.utf8.count) }))
  }

  /// The texts of rows of bytes.
  func texts() throws -> [String] {
    guard case .bytes(let bytes) = values, shape.count == 2 else {
      throw StoredArrays.Trouble.damaged("a list of texts holds something else")
    }
    return try (0..<shape[0]).map { row in
      let line = bytes[row * shape[1]..<(row + 1) * shape[1]].prefix { $0 != 0 }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw StoredArrays.Trouble.damaged("a text is not UTF-8")
      }
      return text
    }
  }
}
