import ClipIndexing
import Clips
import Manifests
import Recipes

extension DataSection {
  /// What samples of a list need of a pack; held-out clips are looked at in one way always.
  /// - Throws: `PackError` when no pack serves.
  public func packTransform(_ list: PackedList) throws -> PackTransform {
    switch list {
    case .train:
      guard let crop = PackTransform.Crop(crop) else {
        throw PackError.unfit(reason: "data.crop: \(Self.noPackOfResizedCrops).")
      }
      return PackTransform(clipShape, start: start, crop: crop)
    case .validation: return PackTransform(clipShape, start: .first, crop: .centre)
    }
  }

  /// The clips that a pack of this recipe holds.
  /// - Throws: also `IndexGuard.MissingError`, as a run on the pack would.
  public func packedLists() throws -> [ClipPacker.List] {
    let train = try trainManifest()
    let guardian = try indexGuard(try clipIndex(), train)
    var lists = [ClipPacker.List(.train, train, try packTransform(.train), index: guardian)]
    if let manifest = try validationManifest() {
      lists.append(ClipPacker.List(.validation, manifest, try packTransform(.validation)))
    }
    return lists
  }

  /// Whether samples can be made of a clip.
  public var clipRule: ClipRule { ClipRule(clipShape, limits) }

  /// Whether pictures are clips: they have one frame.
  public var takesPictures: Bool { clipShape.frames == 1 }

  /// The clips to learn from.
  public func trainManifest() throws -> Manifest {
    try Manifest.load(train, split: "train", root: root, pictures: takesPictures, captions: readsCaptions)
  }

  /// The clips held out from training, if the recipe names any.
  public func validationManifest() throws -> Manifest? {
    try validation.map { path in
      try Manifest.load(
        path, split: "validation", root: root, pictures: takesPictures, captions: readsCaptions)
    }
  }

  /// Where the clips of a list are read from: its files, or the pack, which is then checked against the
  /// files.
  /// - Throws: `PackError` when there is a pack and it does not serve.
  public func clipSource(_ manifest: Manifest, _ list: PackedList) throws -> ClipSource {
    guard let packed else { return .files(limits) }
    return .packed(try ClipPack(packed).clips(of: manifest, list, try packTransform(list), limits: limits))
  }

  /// The index of the training clips, if the recipe names one.
  public func clipIndex() throws -> ClipIndex? { try index.map { path in try ClipIndex.load(path) } }

  /// What training clips are held against when they are first used; nil without an index.
  /// - Throws: `IndexGuard.MissingError` when the index does not tell of all clips.
  public func indexGuard(_ index: ClipIndex?, _ manifest: Manifest) throws -> IndexGuard? {
    try index.map { try IndexGuard($0, verify, rule: clipRule, for: manifest) }
  }
}

/// Says on standard error what a manifest leaves out.
public func tellWhatIsLeftOut(_ manifest: Manifest, _ what: String = "") {
  for note in manifest.notes { standardError("note: \(what)\(note)\n") }
}

extension EvaluationSection {
  /// Clips of the kind that the base was trained on, if the recipe names any.
  /// - Parameter data: says which clips count, and whether they need captions.
  public func rememberedManifest(_ data: DataSection) throws -> Manifest? {
    try remember.map { path in
      try Manifest.load(
        path, split: "validation", root: rememberRoot, pictures: data.takesPictures,
        captions: data.readsCaptions)
    }
  }
}
