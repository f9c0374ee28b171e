import CLibAV

/// Turns pictures into frames of an encoder's sample format, in their own size.
final class SampleConverter {
  private let width: Int
  private let height: Int
  private let format: AVPixelFormat
  private let colours: Encoding.Colours
  private let colourFrame: FrameMemory
  private var context: OpaquePointer?

  /// A converter for pictures of one size; nil when swscale cannot make the format.
  init?(width: Int, height: Int, _ encoding: Encoding) {
    self.width = width
    self.height = height
    format = av_get_pix_fmt(encoding.pixelFormat)
    colours = encoding.colours
    colourFrame = .forWriting(width: width, height: height, format: AV_PIX_FMT_RGB24)
    context = sws_getContext(
      Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(width), Int32(height), format,
      SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_BITEXACT, nil, nil, nil)
    guard context != nil else { return nil }
    // Between kinds of RGB there is no matrix, and to set one takes the lossless way away.
    if colours == .screen { return }
    _ = sws_setColorspaceDetails(
      context, sws_getCoefficients(SWS_CS_DEFAULT), 1,
      sws_getCoefficients(Int32(bitPattern: colours.matrix.rawValue)),
      colours.range == AVCOL_RANGE_JPEG ? 1 : 0,
      0, 1 << 16, 1 << 16)
  }

  deinit { sws_freeContext(context) }

  /// The frame of a picture, or libav's code when it cannot be made.
  func frame(of picture: Picture) -> (FrameMemory, code: Int32) {
    colourFrame.fill(with: picture)
    let frame = FrameMemory.forWriting(width: width, height: height, format: format)
    let code = sws_scale_frame(context, frame.pointer, colourFrame.pointer)
    frame.pointer.pointee.color_range = colours.range
    frame.pointer.pointee.colorspace = colours.matrix
    return (frame, code)
  }
}
