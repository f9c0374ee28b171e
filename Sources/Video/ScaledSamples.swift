import CLibAV

/// Where the samples of a scaled frame lie: interleaved (RGB24), or in planes (GBRP).
///
/// swscale adds up rows into planes with vector code, and into interleaved samples without, though the arithmetic is the
/// same: planes take a third of the time. They give the same bits as long as the columns have more than two taps, or
/// taps of which nothing is rounded; `givesSameInPlanes` says when that is sure.
struct ScaledSamples {
  private let red: UnsafeMutablePointer<UInt8>
  private let green: UnsafeMutablePointer<UInt8>
  private let blue: UnsafeMutablePointer<UInt8>
  /// From a pixel to the next in its row, and to the one below.
  private let column: Int, row: Int

  /// The samples of a frame, which must outlive this.
  init(of memory: FrameMemory) {
    let frame = memory.pointer.pointee
    row = Int(frame.linesize.0)
    if frame.format == AV_PIX_FMT_GBRP.rawValue {
      (green, blue, red, column) = (frame.data.0!, frame.data.1!, frame.data.2!, 1)
    } else {
      (red, green, blue, column) = (frame.data.0!, frame.data.0! + 1, frame.data.0! + 2, 3)
    }
  }

  /// Whether swscale makes the same samples of frames of a format and height in planes as interleaved, whatever the
  /// size they are scaled to.
  ///
  /// Two columns' taps with roundings of their own arise from fewer than eight rows of luma or chroma, or from chroma of
  /// a quarter of the rows; frames of red, green and blue, grey, or with alpha go other ways.
  static func givesSameInPlanes(_ format: AVPixelFormat, height: Int) -> Bool {
    guard let format = av_pix_fmt_desc_get(format)?.pointee else { return false }
    let others = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BE
    return format.flags & UInt64(AV_PIX_FMT_FLAG_PLANAR) != 0 && format.flags & UInt64(others) == 0
      && format.nb_components == 3 && format.log2_chroma_h <= 1 && format.comp.0.depth <= 12 && height >= 16
  }

  /// The wanted part of the frame, turned the right way.
  /// - Parameter covering: the frame's size as it is shown.
  func picture(
    _ part: (x: Int, y: Int, width: Int, height: Int), of covering: (width: Int, height: Int),
    _ orientation: Orientation
  ) -> Picture {
    // The step in the coded frame for one displayed column and row, and where the first displayed pixel lies.
    let stepX = (orientation.swapsAxes ? row : column) * (orientation.flipsX ? -1 : 1)
    let stepY = (orientation.swapsAxes ? column : row) * (orientation.flipsY ? -1 : 1)
    var start = part.x * stepX + part.y * stepY
    if orientation.flipsX { start -= (covering.width - 1) * stepX }
    if orientation.flipsY { start -= (covering.height - 1) * stepY }

    let (width, height) = (part.width, part.height)
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { samples, count in
      for y in 0..<height {
        copyRow(
          from: start + y * stepY, step: stepX, count: width, to: samples.baseAddress! + y * width * 3)
      }
      count = width * height * 3
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  private func copyRow(from start: Int, step: Int, count: Int, to target: UnsafeMutablePointer<UInt8>) {
    switch step {
    case 3: target.update(from: red + start, count: count * 3)
    case 1: interleave(red + start, green + start, blue + start, count, target)
    default:
      for x in 0..<count {
        let pixel = start + x * step
        target[3 * x] = red[pixel]
        target[3 * x + 1] = green[pixel]
        target[3 * x + 2] = blue[pixel]
      }
    }
  }

  /// The loop apart, with a step that the compiler knows, so that it becomes vector code.
  private func interleave(
    _ red: UnsafeMutablePointer<UInt8>, _ green: UnsafeMutablePointer<UInt8>,
    _ blue: UnsafeMutablePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>
  ) {
    for x in 0..<count {
      target[3 * x] = red[x]
      target[3 * x + 1] = green[x]
      target[3 * x + 2] = blue[x]
    }
  }
}
