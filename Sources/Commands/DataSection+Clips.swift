import ClipIndexing
import Clips
import Manifests
import Recipes

extension DataSection {
  /// What samples of a list need of a pack; held-out clips are looked at in one way always.
  /// - Throws: `PackError` when no pack serves.
  public func packTransform(_ list: PackedList) throws -> PackTransform {
    guard shapes.isEmpty else { throw PackError.unfit(reason: "data.shapes: \(Self.noPackOfShapes).") }
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

  /// Whether samples of any shape can be made of a clip.
  public var clipRule: ClipRule { ClipRule(allShapes, limits) }

  /// Whether pictures are clips to learn from: some shape has one frame.
  public var takesPictures: Bool { allShapes.contains { $0.frames == 1 } }

  /// Whether pictures are held-out clips: these have one frame.
  public var looksAtPictures: Bool { clipShape.frames == 1 }

  /// The clips to learn from.
  public func trainManifest() throws -> Manifest {
    try Manifest.load(train, split: "train", root: root, pictures: takesPictures, captions: readsCaptions)
  }

  /// The clips held out from training, if the recipe names any.
  public func validationManifest() throws -> Manifest? {
    try validation.map { path in
      try Manifest.load(
        path, split: "validation", root: root, pictures: looksAtPictures, captions: readsCaptions)
    }
  }

  /// Where the clips of a list are read from: its files, or the pack, which is then checked against the
  /// files.
  /// - Throws: `PackError` when there is a pack and it does not serve.
  public func clipSource(_ manifest: Manifest, _ list: PackedList) throws -> ClipSource {
    guard let packed else { return .files(limits) }
    return .packed(try ClipPack(packed).clips(of: manifest, list, try packTransform(list), limits: limits))
  }

  /// Which clips each step has, in which shape.
  ///
  /// Where there are several shapes, clips that `index` does not tell of are opened.
  /// - Parameter classes: the class of each clip, if each class is to be shown as often as any other.
  /// - Throws: `BadClipsError`, `BucketsError`, `MachineError`.
  public func batchOrder(
    _ shapes: [BatchShape], of manifest: Manifest, classes: [Int]? = nil, seed: UInt64, index: IndexGuard?
  ) throws -> (order: BatchOrder, buckets: ClipBuckets?) {
    guard !self.shapes.isEmpty else {
      return (
        BatchOrder(
          count: manifest.count, shape: clipShape, batch: shapes[0].clips, classes: classes, seed: seed), nil
      )
    }
    if index == nil {
      standardError(
        "looking how long and how large \(manifest.count) clips are, for data.shapes; an index (data.index) would tell\n"
      )
    }
    let buckets = try ClipBuckets(
      manifest, shapes, by: shapeChoice, limits, index: index,
      tolerance: BadClipTolerance(share: badClipTolerance))
    return (BatchOrder(buckets, seed: seed), buckets)
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
        path, split: "validation", root: rememberRoot, pictures: data.looksAtPictures,
        captions: data.readsCaptions)
    }
  }
}
