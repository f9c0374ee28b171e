import CLibAV

/// Turns decoded frames into pictures: any pixel format to red, green and blue, and any size to the wanted one, in
/// one pass of swscale; then the crop and the display orientation in one copy.
///
/// **Colour.** Each frame's own matrix and range are used. A frame that does not name its matrix is read as BT.601 and
/// one that does not name its range as limited, whatever its size: that is what swscale and so the ffmpeg command do.
/// Transfer functions and primaries are left alone, alpha is dropped, and interlaced frames are taken as they are.
///
/// **Filter.** Area averaging where both sides shrink to half or less, where it is as good as bicubic and far cheaper;
/// bicubic elsewhere. Rounding is exact and chroma is interpolated at full width, the same on every processor.
final class PictureScaler {
  /// Counts the changes to colours, filter and flags above, and to which frame a time shows, that gave other pixels:
  /// pictures of different versions are not the same. Version 2 evens out times that containers round,
  /// and scales RGB with one matrix.
  static let version = 2

  /// What a swscale context is made for; while it stays the same, so does the context.
  private struct Job: Equatable {
    var width: Int
    var height: Int
    var format: AVPixelFormat
    var matrix: Int32
    var isFullRange: Bool
    var scaledWidth: Int
    var scaledHeight: Int
  }

  private let maxPixels: Int
  private var context: OpaquePointer?
  private var job: Job?
  private var scaled: FrameMemory?

  /// A scaler whose scaled frames may have up to `maxPixels`.
  init(maxPixels: Int) { self.maxPixels = maxPixels }

  deinit { sws_freeContext(context) }

  /// What went wrong, in words.
  struct Failure: Error { var reason: String }

  /// The picture of a frame; without a framing, at the frame's own displayed size.
  /// - Parameter aspect: the shape of the frame's pixels, width over height.
  func picture(
    of memory: FrameMemory, framing: Framing?, orientation: Orientation, aspect: Double
  ) throws(Failure) -> Picture {
    let frame = memory.pointer
    guard frame.pointee.width > 0, frame.pointee.height > 0 else {
      throw Failure(reason: "the frame has no pixels")
    }
    let shown = orientation.displayedSize(
      width: Int(frame.pointee.width), height: Int(frame.pointee.height), aspect: aspect)
    let framing =
      framing
      ?? Framing(width: max(1, Int(shown.width.rounded())), height: max(1, Int(shown.height.rounded())))
    let covering = framing.coveringSize(width: shown.width, height: shown.height)
    if let reason = framing.excess(over: maxPixels, covering) { throw Failure(reason: reason) }
    let coded = orientation.swapsAxes ? (covering.height, covering.width) : covering
    let scaled = try scale(frame, width: coded.0, height: coded.1)
    return ScaledSamples(of: scaled).picture(framing.part(of: covering), of: covering, orientation)
  }

  private func scale(
    _ frame: UnsafeMutablePointer<AVFrame>, width: Int, height: Int
  ) throws(Failure) -> FrameMemory {
    let (format, isJPEG) = PictureScaler.plain(AVPixelFormat(frame.pointee.format))
    let job = Job(
      width: Int(frame.pointee.width), height: Int(frame.pointee.height), format: format,
      matrix: Int32(bitPattern: frame.pointee.colorspace.rawValue),
      isFullRange: isJPEG || frame.pointee.color_range == AVCOL_RANGE_JPEG,
      scaledWidth: width, scaledHeight: height)
    if job != self.job { try prepare(job) }
    guard let scaled, sws_scale_frame(context, scaled.pointer, frame) >= 0 else {
      throw Failure(reason: LibavLog.takeLastError() ?? "swscale gives no reason")
    }
    return scaled
  }

  private func prepare(_ job: Job) throws(Failure) {
    self.job = nil
    sws_freeContext(context)
    let shrinks = job.scaledWidth * 2 <= job.width && job.scaledHeight * 2 <= job.height
    let filter = shrinks ? SWS_AREA : SWS_BICUBIC
    let inPlanes = ScaledSamples.givesSameInPlanes(job.format, height: job.height)
    let target = inPlanes ? AV_PIX_FMT_GBRP : AV_PIX_FMT_RGB24
    context = sws_getContext(
      Int32(job.width), Int32(job.height), job.format,
      Int32(job.scaledWidth), Int32(job.scaledHeight), target,
      filter | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT, nil, nil, nil)
    guard context != nil else {
      let name = av_get_pix_fmt_name(job.format).map { String(cString: $0) } ?? "an unknown pixel format"
      let words = LibavLog.takeLastError().map { " (\($0))" } ?? ""
      throw Failure(
        reason: "swscale cannot turn \(job.width)×\(job.height) \(name) into "
          + "\(job.scaledWidth)×\(job.scaledHeight) RGB\(words)")
    }
    // Samples of red, green and blue have no matrix, which is called matrix 0. Where swscale takes them through YUV all the
    // same, to scale them or to round deep ones, one matrix must lead there and back.
    let matrix = job.matrix == Int32(AVCOL_SPC_RGB.rawValue) ? SWS_CS_DEFAULT : job.matrix
    _ = sws_setColorspaceDetails(
      context, sws_getCoefficients(matrix), job.isFullRange ? 1 : 0,
      sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16)
    scaled = FrameMemory(width: job.scaledWidth, height: job.scaledHeight, format: target)
    guard scaled != nil else {
      throw Failure(reason: "there is no memory for a frame of \(job.scaledWidth)×\(job.scaledHeight)")
    }
    self.job = job
  }

  /// The pixel format without the old habit of naming the full range in it.
  static func plain(_ format: AVPixelFormat) -> (format: AVPixelFormat, isJPEG: Bool) {
    switch format {
    case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
    case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
    case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
    case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
    case AV_PIX_FMT_YUVJ411P: (AV_PIX_FMT_YUV411P, true)
    default: (format, false)
    }
  }
}

extension Orientation {
  /// The size in square pixels at which a coded frame is shown.
  func displayedSize(width: Int, height: Int, aspect: Double) -> (width: Double, height: Double) {
    let stretched = Double(width) * aspect
    return swapsAxes ? (Double(height), stretched) : (stretched, Double(height))
  }
}
