import Manifests
import Video

/// The clips of a recipe that a folder is to hold: those of all its lists, each piece once, in their order.
struct WantedClips {
  /// Where a clip stands: which list, and its place there.
  struct Place: Sendable {
    let list: Int, entry: Int
  }

  let names: [PackedName]
  private let places: [PackedName: Place]
  private let manifests: [Manifest]

  init(_ lists: [(list: PackedList, manifest: Manifest)]) {
    var (names, places) = ([PackedName](), [PackedName: Place]())
    for (number, (list, manifest)) in lists.enumerated() {
      for entry in manifest {
        let name = PackedName(list, entry)
        if places.updateValue(Place(list: number, entry: entry.index), forKey: name) == nil {
          names.append(name)
        }
      }
    }
    (self.names, self.places, manifests) = (names, places, lists.map(\.manifest))
  }

  /// How many clips a part has, and the places of those among them that are not kept.
  func work(of part: FolderPart, kept: Set<PackedName>) -> (clips: Int, places: [Place]) {
    let own = names[part.places(among: names.count)]
    return (own.count, own.filter { !kept.contains($0) }.map { places[$0]! })
  }

  /// Whether all clips of a shard are wanted and have not changed since they were kept.
  /// - Throws: `MachineError` when files cannot be looked at.
  func includes(_ clips: [some KeptClip], _ limits: DecodeLimits) throws -> Bool {
    for clip in clips {
      guard let place = places[clip.name],
        try keptChange(of: manifests[place.list][place.entry], since: clip, limits) == nil
      else { return false }
    }
    return true
  }
}
