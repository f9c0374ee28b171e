import ClipIndexing
import Clips
import Manifests
import Recipes
import Training

extension DataRecipe {
  /// Where samples start, as the loader takes it.
  public var startChoice: StartChoice { start == .first ? .first : .random }

  /// How samples are cropped, as the loader takes it.
  public var cropChoice: CropChoice { crop == .random ? .random : .centre }

  /// What samples of a list need of a pack; held-out clips are looked at in one way always.
  public func packTransform(_ list: PackedList) -> PackTransform {
    switch list {
    case .train: PackTransform(clipShape, start: startChoice, crop: cropChoice)
    case .validation: PackTransform(clipShape, start: .first, crop: .centre)
    }
  }

  /// The clips that a pack of this recipe holds.
  public func packedLists() throws -> [ClipPacker.List] {
    var lists = [
      ClipPacker.List(.train, try Manifest.load(train, split: "train", root: root), packTransform(.train))
    ]
    if let validation {
      lists.append(
        ClipPacker.List(
          .validation, try Manifest.load(validation, split: "validation", root: root),
          packTransform(.validation)))
    }
    return lists
  }

  /// Where the clips of a list are read from: its files, or the pack, which is then checked against the
  /// files.
  /// - Throws: `PackError` when there is a pack and it does not serve.
  public func clipSource(_ manifest: Manifest, _ list: PackedList) throws -> ClipSource {
    guard let packed else { return .files(limits.forDecoding) }
    return .packed(
      try ClipPack(packed).clips(of: manifest, list, packTransform(list), limits: limits.forDecoding))
  }

  /// The index of the training clips, if the recipe names one.
  public func clipIndex() throws -> ClipIndex? { try index.map { path in try ClipIndex.load(path) } }

  /// What training clips are held against when they are first used; nil without an index.
  /// - Throws: `IndexGuard.MissingError` when the index does not tell of all clips.
  public func indexGuard(_ index: ClipIndex?, _ manifest: Manifest) throws -> IndexGuard? {
    try index.map { try IndexGuard($0, verify == .hash ? .hash : .size, for: manifest) }
  }
}
