import Clips
import Manifests
import Recipes
import Tasks

extension Recipe {
  /// Where the clips of a list are read from: their files, a pack or kept latents, which are then checked against the files.
  /// - Throws: `PackError` and `LatentsError` when there is a pack or latents and they do not serve.
  public func clipSource(_ manifest: Manifest, _ list: PackedList) throws -> ClipSource {
    guard let folder = data.latents else { return try data.clipSource(manifest, list) }
    let key = LatentKey(data.clipShape, try autoencoder())
    return .latents(try LatentStore(folder).clips(of: manifest, list, key, limits: data.limits))
  }

  /// The autoencoder that latents of the recipe's clips are made by.
  /// - Throws: `LatentsError.unfit` when the recipe has none, or asks for samples that are none of kept latents.
  public func autoencoder() throws -> AutoencoderFile {
    if let fault = data.latentFault {
      throw LatentsError.unfit(reason: "data.\(fault.key): \(fault.reason).")
    }
    guard let autoencoder = try task.autoencoder() else {
      throw LatentsError.unfit(
        reason:
          "task.kind \"\(kind.rawValue)\" has no autoencoder here, so its clips have no latents; give a recipe with "
          + "task.autoencoder.")
    }
    return autoencoder
  }

  /// The clips that are encoded for this recipe.
  /// - Throws: also `IndexGuard.MissingError`, as a run would.
  public func latentLists() throws -> [LatentWriter.List] {
    let train = try data.trainManifest()
    let guardian = try data.indexGuard(try data.clipIndex(), train)
    var lists = [LatentWriter.List(.train, train, index: guardian)]
    if let manifest = try data.validationManifest() { lists.append(LatentWriter.List(.validation, manifest)) }
    return lists
  }
}
