import Clips
import Manifests
import Video

/// Clips from all over a manifest, read one at a time, so that any number can be looked at in little memory.
public struct SpreadClips: Sendable {
  /// The clips' places in the manifest, in its order: all of them, or so many at equal distances.
  public let places: [Int]
  private let manifest: Manifest
  private let shape: ClipShape
  private let source: ClipSource

  /// Some clips of a manifest.
  /// - Parameters:
  ///   - shape: what is read of each: its first frames at this rate, the middle of them.
  ///   - limit: the most clips, at least 1.
  public init(
    _ manifest: Manifest, shape: ClipShape, limit: Int = .max, source: ClipSource = .files(.standard)
  ) {
    precondition(limit > 0, "at least one clip is read")
    places = manifest.places(spread: limit)
    self.manifest = manifest
    self.shape = shape
    self.source = source
  }

  /// The number of clips.
  public var count: Int { places.count }

  /// What the manifest calls the clip at a place.
  public func name(at place: Int) -> String { manifest[place].name }

  /// The frames of the clip at a place of the manifest.
  /// - Throws: `BadClip` when it cannot be read, `PackError` when the pack cannot.
  public func pictures(at place: Int) throws -> [Picture] {
    let reader = try ClipReader(
      Manifest(path: manifest.path, entries: [manifest[place].alone]), shape: shape, source: source)
    if let bad = reader.unreadable.first { throw bad }
    return reader.pictures(0)
  }
}

extension NearestClipSearch {
  /// Compares several searches with the same clips, each of which is read once.
  ///
  /// - Parameter progress: called after each clip with how many are done.
  /// - Returns: the clips that could not be read, which are left out.
  /// - Throws: `PackError` when the clips come from a pack that cannot be read.
  public static func compare(
    _ searches: inout [NearestClipSearch], with clips: SpreadClips, progress: (Int) -> Void = { _ in }
  ) throws -> [BadClip] {
    var unreadable: [BadClip] = []
    for (done, place) in clips.places.enumerated() {
      do {
        let thumbnail = ClipThumbnail(try clips.pictures(at: place))
        let name = clips.name(at: place)
        for search in searches.indices {
          searches[search].compare(with: thumbnail, name: name, index: place)
        }
      } catch let clip as BadClip {
        unreadable.append(clip)
      }
      progress(done + 1)
    }
    return unreadable
  }
}

extension ClipReader {
  /// The frames of a clip as pictures.
  /// - Parameter place: its place in `entries`.
  public func pictures(_ place: Int) -> [Picture] {
    Picture.frames(of: examples(place..<place + 1).clips, clip: 0)
  }
}

extension ViewReader {
  /// The frames of one clip as pictures, from its middle.
  /// - Throws: `BadClip` when it cannot be read, `PackError` when the pack cannot.
  public func pictures(of entry: ClipEntry) throws -> [Picture] {
    var pictures: [Picture] = []
    let read = try withPlan(.middle).forEachBatch(of: 1, from: [entry]) { views in
      pictures = Picture.frames(of: views.examples.clips, clip: 0)
      return true
    }
    if let bad = read?.unreadable.first { throw bad }
    return pictures
  }
}

extension ClipEntry {
  /// The same as the only clip of a manifest.
  fileprivate var alone: ClipEntry {
    ClipEntry(
      index: 0, file: file, name: name, caption: caption, label: label, start: start, end: end, split: split,
      attributes: attributes)
  }
}
