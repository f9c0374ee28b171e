import CLibAV

extension FrameMemory {
  /// The frame as it looks on black, in samples of red, green and blue; itself when it has no alpha.
  ///
  /// `out = colour · alpha / 255`, rounded, as programs that show pictures do it.
  /// - Throws: `PictureScaler.Failure` when swscale cannot read its pixel format.
  func overBlack() throws(PictureScaler.Failure) -> FrameMemory {
    let format = AVPixelFormat(pointer.pointee.format)
    guard let facts = av_pix_fmt_desc_get(format), facts.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
    else { return self }
    let (width, height) = (Int(pointer.pointee.width), Int(pointer.pointee.height))
    guard let coloured = FrameMemory(width: width, height: height, format: AV_PIX_FMT_RGBA),
      let opaque = FrameMemory(width: width, height: height, format: AV_PIX_FMT_RGB24)
    else { throw PictureScaler.Failure(reason: "there is no memory for a frame of \(width)×\(height)") }
    try convert(to: coloured)
    let (from, to) = (coloured.pointer.pointee, opaque.pointer.pointee)
    for y in 0..<height {
      let source = from.data.0! + y * Int(from.linesize.0)
      let target = to.data.0! + y * Int(to.linesize.0)
      for x in 0..<width {
        let alpha = Int(source[4 * x + 3])
        for channel in 0..<3 {
          target[3 * x + channel] = UInt8((Int(source[4 * x + channel]) * alpha + 127) / 255)
        }
      }
    }
    _ = av_frame_copy_props(opaque.pointer, pointer)
    opaque.pointer.pointee.colorspace = AVCOL_SPC_RGB
    return opaque
  }

  /// Fills a frame of the same size with this one's samples in its own pixel format.
  private func convert(to target: FrameMemory) throws(PictureScaler.Failure) {
    let (width, height) = (pointer.pointee.width, pointer.pointee.height)
    let format = AVPixelFormat(pointer.pointee.format)
    let context = sws_getContext(
      width, height, format, width, height, AVPixelFormat(target.pointer.pointee.format),
      SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT, nil, nil, nil)
    defer { sws_freeContext(context) }
    if context != nil {
      let isFullRange = pointer.pointee.color_range == AVCOL_RANGE_JPEG
      let coefficients = sws_getCoefficients(SWS_CS_DEFAULT)
      _ = sws_setColorspaceDetails(
        context, coefficients, isFullRange ? 1 : 0, coefficients, 1, 0, 1 << 16, 1 << 16)
    }
    guard context != nil, sws_scale_frame(context, target.pointer, pointer) >= 0 else {
      let name = av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "an unknown pixel format"
      throw PictureScaler.Failure(reason: "swscale cannot turn \(name) into RGB with alpha")
    }
  }
}
