import Layers
import Tensors

// Inference part by part: the bits are those of the whole clip, and memory does not grow with the number of frames.

extension VideoAutoencoder {
  /// The means of latents, of a clip that need not be in memory.
  ///
  /// - Parameters:
  ///   - next: the next frames [B, 3, F, H, W], or nil behind the last: at first timeFactor · n + 1, then multiples of
  ///     timeFactor (`VideoAutoencoderConfiguration.parts` counts them out).
  ///   - receive: takes the means [B, f, h, w, z] of these frames.
  public func encode(from next: () throws -> Tensor?, to receive: (Tensor) throws -> Void) rethrows {
    let (stream, unit) = (FrameStream(), configuration.timeFactor)
    var seen = 0
    while let part = try next() {
      check(clips: part)
      let frames = part.shape[2]
      precondition(
        frames > 0 && (seen + frames - 1) % unit == 0,
        "\(frames) frames behind \(seen): a first part has \(unit)n + 1 frames, each other a multiple of \(unit)"
      )
      try receive(meanOfLatents(encodeNext(part, in: stream)))
      seen += frames
    }
  }

  /// The clip of latents, neither of which need be in memory.
  ///
  /// - Parameters:
  ///   - next: the next latents [B, f, h, w, z], as many as are wanted, or nil behind the last.
  ///   - receive: takes their frames [B, 3, F, H, W], whose pixels may leave −1…1.
  public func decode(from next: () throws -> Tensor?, to receive: (Tensor) throws -> Void) rethrows {
    let stream = FrameStream()
    var isFirst = true
    while let part = try next() {
      check(latents: part)
      try receive(decodeNext(part, isFirst: isFirst, in: stream))
      isFirst = false
    }
  }

  /// Clips [B, 3, F, H, W] to the means of their latents [B, f, h, w, z], some frames at a time.
  ///
  /// - Parameter framesAtOnce: rounded down to a multiple of `timeFactor`, but not below it; the first part has one frame
  ///   more. More frames at once need more memory, and small pictures take less time.
  public func means(of clips: Tensor, framesAtOnce: Int = 8) -> Tensor {
    check(clips: clips)
    return means(of: ClipBlock(frames: 0..<clips.shape[2], of: clips.asPictures), of: clips, framesAtOnce)
  }

  /// Latents [B, f, h, w, z] to clips [B, 3, F, H, W], whose pixels may leave −1…1, some latents at a time.
  ///
  /// - Parameter latentsAtOnce: the first part has one more.
  public func clips(of latents: Tensor, latentsAtOnce: Int = 2) -> Tensor {
    check(latents: latents)
    let parts = configuration.parts(latents: latents.shape[1], atOnce: latentsAtOnce)
    let (s, side) = (latents.shape, configuration.pixelFactor)
    let pictures = Tensor([s[0] * 3, parts.last!.frames.upperBound, s[2] * side, s[3] * side, 1])
    decode(ClipBlock(frames: 0..<s[1], of: latents), of: latents, latentsAtOnce) { frames, part in
      pictures.setBlock(ClipBlock(frames: frames, of: pictures), to: part)
    }
    return pictures.asClips(channels: 3)
  }

  // MARK: Blocks of pictures

  /// The means of all frames of some lines and columns.
  func means(of block: ClipBlock, of clips: Tensor, _ framesAtOnce: Int) -> Tensor {
    let (pictures, side) = (clips.asPictures, configuration.pixelFactor)
    let parts = configuration.parts(frames: clips.shape[2], atOnce: framesAtOnce)
    let means = Tensor([
      clips.shape[0], parts.last!.latents.upperBound, block.lines.count / side, block.columns.count / side,
      configuration.latentChannels,
    ])
    var (coming, done) = (parts[...], parts[...])
    encode(
      from: {
        coming.popFirst().map {
          pictures.block(ClipBlock(frames: $0.frames, lines: block.lines, columns: block.columns))
            .asClips(channels: 3)
        }
      }, to: { means.setBlock(ClipBlock(frames: done.removeFirst().latents, of: means), to: $0) })
    return means
  }

  /// The frames of all latents of some lines and columns, part by part, as pictures [3B, F, H, W, 1].
  func decode(
    _ block: ClipBlock, of latents: Tensor, _ latentsAtOnce: Int, to receive: (Range<Int>, Tensor) -> Void
  ) {
    let parts = configuration.parts(latents: latents.shape[1], atOnce: latentsAtOnce)
    var (coming, done) = (parts[...], parts[...])
    decode(
      from: {
        coming.popFirst().map {
          latents.block(ClipBlock(frames: $0.latents, lines: block.lines, columns: block.columns))
        }
      }, to: { receive(done.removeFirst().frames, $0.asPictures) })
  }

  /// [B, f, h, w, 2z] to the means [B, f, h, w, z].
  private func meanOfLatents(_ moments: Tensor) -> Tensor {
    let z = configuration.latentChannels
    let means = Tensor(moments.shape.dropLast() + [z])
    parallel(over: moments.rows, tile: rowsPerTile(columns: z)) { rows in
      for r in rows { means.row(r).update(from: moments.row(r), count: z) }
    }
    return means
  }

  func check(clips: Tensor) {
    let s = clips.shape
    precondition(s.count == 5 && s[1] == 3, "clips are [B, 3, F, H, W], not \(s)")
    let problem = configuration.problem(height: s[3], width: s[4])
    precondition(problem == nil, problem!)
  }

  func check(latents: Tensor) {
    precondition(
      latents.shape.count == 5 && latents.columns == configuration.latentChannels,
      "latents are [B, f, h, w, \(configuration.latentChannels)], not \(latents.shape)")
  }
}
