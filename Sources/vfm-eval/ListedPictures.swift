import Clips
import Commands
import Evaluation
import Features
import Manifests
import Video

/// Finds clips of features in their manifests again, to show them.
final class ListedPictures {
  private let reader: ViewReader
  private let given: String?, root: String?
  private var lists: [String: (manifest: Manifest, places: [Key: Int])] = [:]

  private struct Key: Hashable {
    let name: String, start: Double?, end: Double?
  }

  /// - Parameters:
  ///   - manifest: where all clips are listed; nil for where each was when its features were computed.
  init(shape: ClipShape, manifest: String?, root: String?, limits: DecodeLimits) {
    reader = ViewReader(shape: shape, source: .files(limits))
    (given, self.root) = (manifest, root)
  }

  /// The frames of a clip, those that its features are of.
  /// - Throws: `ManifestError`, `BadClip`, `Failure` when the clip is not listed.
  func frames(of clip: ClipFeatures.Clip, in manifest: String) throws -> [Picture] {
    let path = given ?? manifest
    let list = try lists[path] ?? load(path)
    guard let place = list.places[Key(name: clip.name, start: clip.start, end: clip.end)] else {
      throw Failure(
        .unfitInput,
        "\(path) does not list \(clip.name), so it cannot be shown; name the manifest that the features are of with "
          + "--manifest.")
    }
    return try reader.pictures(of: list.manifest[place])
  }

  private func load(_ path: String) throws -> (manifest: Manifest, places: [Key: Int]) {
    let manifest = try Manifest.load(path, root: root, pictures: reader.shape.frames == 1, captions: false)
    let keys = manifest.map { (Key(name: $0.name, start: $0.start, end: $0.end), $0.index) }
    let list = (manifest, Dictionary(keys, uniquingKeysWith: { first, _ in first }))
    lists[path] = list
    return list
  }
}
