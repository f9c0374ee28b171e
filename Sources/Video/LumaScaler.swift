import CLibAV

/// Turns decoded frames into small pictures of their brightness: one pass of swscale over the luma plane alone, which
/// costs a fraction of a colour picture.
///
/// Colour ranges are treated as in `PictureScaler`. Area averaging where both sides shrink to half or less, bicubic
/// elsewhere; rounding is exact, the same on every processor.
final class LumaScaler {
  private struct Job: Equatable {
    var width: Int32
    var height: Int32
    var format: Int32
    var isFullRange: Bool
  }

  private let side: Int
  private let target: FrameMemory
  private var context: OpaquePointer?
  private var job: Job?

  init(side: Int) {
    self.side = side
    target = .forWriting(width: side, height: side, format: AV_PIX_FMT_GRAY8)
  }

  deinit { sws_freeContext(context) }

  /// The brightness of a frame; nil when swscale cannot read its pixel format.
  func picture(of memory: FrameMemory, orientation: Orientation) -> LumaPicture? {
    let frame = memory.pointer
    let (format, isJPEG) = PictureScaler.plain(AVPixelFormat(frame.pointee.format))
    let job = Job(
      width: frame.pointee.width, height: frame.pointee.height, format: format.rawValue,
      isFullRange: isJPEG || frame.pointee.color_range == AVCOL_RANGE_JPEG)
    if job != self.job { prepare(job, format) }
    guard context != nil, sws_scale_frame(context, target.pointer, frame) >= 0 else { return nil }
    return arranged(orientation)
  }

  private func prepare(_ job: Job, _ format: AVPixelFormat) {
    sws_freeContext(context)
    let shrinks = side * 2 <= job.width && side * 2 <= job.height
    context = sws_getContext(
      job.width, job.height, format, Int32(side), Int32(side), AV_PIX_FMT_GRAY8,
      (shrinks ? SWS_AREA : SWS_BICUBIC) | SWS_ACCURATE_RND | SWS_BITEXACT, nil, nil, nil)
    let coefficients = sws_getCoefficients(SWS_CS_DEFAULT)
    _ = sws_setColorspaceDetails(
      context, coefficients, job.isFullRange ? 1 : 0, coefficients, 1, 0, 1 << 16, 1 << 16)
    self.job = job
  }

  /// The scaled samples, turned the right way.
  private func arranged(_ orientation: Orientation) -> LumaPicture {
    let frame = target.pointer.pointee
    let row = Int(frame.linesize.0)
    let stepX = (orientation.swapsAxes ? row : 1) * (orientation.flipsX ? -1 : 1)
    let stepY = (orientation.swapsAxes ? 1 : row) * (orientation.flipsY ? -1 : 1)
    var start = frame.data.0!
    if orientation.flipsX { start -= (side - 1) * stepX }
    if orientation.flipsY { start -= (side - 1) * stepY }
    let samples = [UInt8](unsafeUninitializedCapacity: side * side) { samples, count in
      for y in 0..<side {
        for x in 0..<side { samples[y * side + x] = start[y * stepY + x * stepX] }
      }
      count = side * side
    }
    return LumaPicture(side: side, samples: samples)
  }
}

extension VideoReader {
  /// The brightness of every frame in the order shown, with its time in seconds after the first, until `body` says
  /// false.
  /// - Parameter side: samples in a row, and rows, of the pictures.
  public func forEachLuma(
    side: Int, _ body: (_ picture: LumaPicture, _ seconds: Double) throws -> Bool
  ) throws {
    let scaler = LumaScaler(side: side)
    try forEachDecodedFrame { frame, seconds in
      guard let picture = scaler.picture(of: frame.memory, orientation: orientation) else {
        throw VideoError(
          path: path, stage: .convert, reason: "swscale cannot read its pixel format", seconds: seconds)
      }
      return try body(picture, seconds)
    }
  }
}
