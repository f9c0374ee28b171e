extension Recipe {
  /// The tokens of a clip along frames, height and width: t, h, w.
  public var tokenGrid: [Int] {
    [data.frames / model.patch[0], data.height / model.patch[1], data.width / model.patch[2]]
  }

  /// The most tokens a clip may have, N = t·h·w.
  static let tokenLimit = 1_000_000

  /// Reports what no field can see alone.
  func check(with reader: RecipeReader) {
    checkPatch(with: reader)
    checkHeads(with: reader)
    reader.expect(
      model.frequencyWidth % 2 == 0, of: "model.frequencyWidth",
      otherwise: "must be even, half sines and half cosines, but is \(model.frequencyWidth)")
    reader.expect(
      samples.format != .gif || data.frameRate <= 50, of: "samples.format", "data.frameRate",
      otherwise: "a gif shows at most 50 frames per second, but data.frameRate is \(data.frameRate); "
        + "take \"webm\" or \"mp4\"")
    let clips = training.batch * training.accumulate
    reader.expect(
      clips <= 65_536, of: "training.batch", "training.accumulate",
      otherwise:
        "\(training.batch) clips a batch × \(training.accumulate) batches a step (training.accumulate) are "
        + "\(clips) clips a step, more than 65536; make one of them smaller")
  }

  private func checkPatch(with reader: RecipeReader) {
    var sizes = [
      ("data.frames", data.frames, 0, DataRecipe.frameRange, "frames"),
      ("data.height", data.height, 1, DataRecipe.sideRange, "rows"),
      ("data.width", data.width, 2, DataRecipe.sideRange, "columns"),
    ]
    if reader.isWritten("samples.frames") {
      sizes.append(("samples.frames", samples.frames, 0, DataRecipe.frameRange, "frames"))
    }
    for (path, size, axis, range, unit) in sizes {
      let patch = model.patch[axis]
      let near = [size / patch * patch, (size / patch + 1) * patch].filter(range.contains)
      reader.expect(
        size % patch == 0, of: path, "model.patch",
        otherwise: "\(size) is no multiple of the \(patch) \(unit) of a patch (model.patch); "
          + "\(near.map(String.init).joined(separator: " or ")) would fit")
    }
    let tokens = tokenGrid.reduce(1, *)
    reader.expect(
      tokens <= Recipe.tokenLimit, of: "model.patch", "data.frames", "data.height", "data.width",
      otherwise: "\(data.frames) × \(data.height) × \(data.width) in patches of "
        + "\(model.patch.map(String.init).joined(separator: " × ")) make \(tokens) tokens a clip, more than "
        + "\(Recipe.tokenLimit); take larger patches, or a shorter or smaller clip")
  }

  private func checkHeads(with reader: RecipeReader) {
    let fitting = (1...256).filter { ModelRecipe.allows(heads: $0, of: model.width) }
    let near = [fitting.last { $0 < model.heads }, fitting.first { $0 > model.heads }].compactMap {
      $0.map(String.init)
    }
    let remedy =
      near.isEmpty
      ? "no number of heads fits that width, take a multiple of 64 for it"
      : "\(near.joined(separator: " or ")) would fit"
    reader.expect(
      ModelRecipe.allows(heads: model.heads, of: model.width), of: "model.heads", "model.width",
      otherwise:
        "\(model.heads) cannot share model.width \(model.width): each head takes an equal, even number of "
        + "values, at least 6 (positions turn them in pairs along three axes); \(remedy)")
    reader.expect(
      reader.isWritten("textEncoder.headWidth") || textEncoder.width % textEncoder.heads == 0,
      of: "textEncoder.heads", "textEncoder.width",
      otherwise: "\(textEncoder.heads) does not divide textEncoder.width \(textEncoder.width); "
        + "change one of them, or say how wide a head is with textEncoder.headWidth")
  }
}
