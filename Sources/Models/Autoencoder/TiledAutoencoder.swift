import Tensors

/// Encodes and decodes large frames in tiles that overlap, so that memory grows neither with the frame nor with the clip.
///
/// Each tile goes through the model by itself, some frames at a time, and results are blended linearly where tiles overlap.
/// So a pixel near the border of a tile sees zeros where the whole frame has its neighbours, and attention sees the tile
/// alone: results differ from those of the whole frame, the less the more tiles overlap. A frame that is no larger than a
/// tile has the bits of `VideoAutoencoder`.
///
/// As diffusers' `tiled_encode` and `tiled_decode`, with these differences. Tiles are spread evenly and all of one size,
/// where there the last ones are what is left of the frame and may be a single latent wide. The weight of the k-th of n shared
/// pixels is (k + ½)/n, the same from both sides, where there it is k/n. Tiles are added into the result one by one, where
/// there all of them are kept until the last is done. Pixels are not cut off at −1 and 1.
public struct TiledAutoencoder {
  /// What encodes and decodes.
  public let model: VideoAutoencoder
  /// Height and width of a tile, in pixels.
  public let tile: Int
  /// What neighbouring tiles share at least, in pixels.
  public let overlap: Int
  /// How many frames go through the model at once.
  public let framesAtOnce: Int

  /// - Parameters:
  ///   - tile: height and width of a tile in pixels, a multiple of the model's `pixelFactor`.
  ///   - overlap: what neighbours share at least, another one, less than a tile; a quarter of it by default, rounded up.
  ///   - framesAtOnce: as for `VideoAutoencoder.means`.
  public init(_ model: VideoAutoencoder, tile: Int = 256, overlap: Int? = nil, framesAtOnce: Int = 4) {
    let side = model.configuration.pixelFactor
    let overlap = overlap ?? (tile / 4 + side - 1) / side * side
    let problem = Self.problem(tile: tile, overlap: overlap, model.configuration)
    precondition(problem == nil, problem!)
    (self.model, self.tile, self.overlap, self.framesAtOnce) = (model, tile, overlap, framesAtOnce)
  }

  /// What to do about tiles that cannot be; nil for those that can.
  public static func problem(
    tile: Int, overlap: Int, _ configuration: VideoAutoencoderConfiguration
  ) -> String? {
    let unit = configuration.pixelFactor
    if let problem = VideoAutoencoderConfiguration.problem("a tile", tile, unit: unit) { return problem }
    if overlap != 0, let problem = VideoAutoencoderConfiguration.problem("an overlap", overlap, unit: unit) {
      return problem
    }
    return tile > overlap
      ? nil
      : "tiles of \(tile) pixels that overlap by \(overlap) never end; take a smaller overlap or a larger tile"
  }

  /// Clips [B, 3, F, H, W] to the means of their latents [B, f, h, w, z].
  public func means(of clips: Tensor) -> Tensor {
    model.check(clips: clips)
    let (s, side) = (clips.shape, model.configuration.pixelFactor)
    let tiles = tiles(height: s[3] / side, width: s[4] / side)
    guard tiles.count > 1 else { return model.means(of: clips, framesAtOnce: framesAtOnce) }
    let frames = model.configuration.latentFrames(s[2])
    let means = Tensor.zeros([
      s[0], frames, s[3] / side, s[4] / side, model.configuration.latentChannels,
    ])
    tiles.each { lines, columns in
      let block = ClipBlock(
        frames: 0..<s[2], lines: lines.range(scale: side), columns: columns.range(scale: side))
      means.addToBlock(
        ClipBlock(frames: 0..<frames, lines: lines.range(), columns: columns.range()),
        model.means(of: block, of: clips, framesAtOnce), lineWeights: lines.weights(),
        columnWeights: columns.weights())
    }
    return means
  }

  /// Latents [B, f, h, w, z] to clips [B, 3, F, H, W], whose pixels may leave −1…1.
  public func clips(of latents: Tensor) -> Tensor {
    model.check(latents: latents)
    let (s, configuration) = (latents.shape, model.configuration)
    let (side, latentsAtOnce) = (configuration.pixelFactor, max(1, framesAtOnce / configuration.timeFactor))
    let tiles = tiles(height: s[2], width: s[3])
    guard tiles.count > 1 else { return model.clips(of: latents, latentsAtOnce: latentsAtOnce) }
    let frames = (s[1] - 1) * configuration.timeFactor + 1
    let pictures = Tensor.zeros([3 * s[0], frames, s[2] * side, s[3] * side, 1])
    tiles.each { lines, columns in
      let block = ClipBlock(frames: 0..<s[1], lines: lines.range(), columns: columns.range())
      let (lineWeights, columnWeights) = (lines.weights(scale: side), columns.weights(scale: side))
      model.decode(block, of: latents, latentsAtOnce) { frames, part in
        pictures.addToBlock(
          ClipBlock(frames: frames, lines: lines.range(scale: side), columns: columns.range(scale: side)),
          part, lineWeights: lineWeights, columnWeights: columnWeights)
      }
    }
    return pictures.asClips(channels: 3)
  }

  /// The tiles of frames of so many latents.
  private func tiles(height: Int, width: Int) -> Tiles {
    let side = model.configuration.pixelFactor
    func axis(_ length: Int) -> TileAxis {
      TileAxis(length: length, tile: tile / side, overlap: overlap / side)
    }
    return Tiles(lines: axis(height), columns: axis(width))
  }
}

/// The tiles of a frame, line by line.
private struct Tiles {
  let lines: TileAxis, columns: TileAxis

  /// One tile on one axis.
  struct Side {
    let axis: TileAxis, tile: Int
    func range(scale: Int = 1) -> Range<Int> { axis.range(tile, scale: scale) }
    func weights(scale: Int = 1) -> [Float] { axis.weights(scale: scale)[tile] }
  }

  var count: Int { lines.starts.count * columns.starts.count }

  func each(_ body: (_ lines: Side, _ columns: Side) -> Void) {
    for y in lines.starts.indices {
      for x in columns.starts.indices {
        body(Side(axis: lines, tile: y), Side(axis: columns, tile: x))
      }
    }
  }
}
