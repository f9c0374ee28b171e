import CLibAV
import Testing

@testable import Video

/// swscale's planes hold the samples that it interleaves, to the bit, wherever planes are taken.
@Suite struct ScaledSamplesTests {
  private static let formats = [
    "yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv440p", "nv12", "yuv420p10le", "yuv422p10le",
    "yuv444p10le",
    "yuv420p12le", "yuv444p12le", "yuv420p9le", "nv21", "nv24", "p010le", "p210le",
  ]

  /// A frame of noise, of the two ends of the range, or of slopes.
  private func frame(_ format: AVPixelFormat, _ size: (Int, Int), _ random: inout RandomAccessTests.Steps)
    -> FrameMemory
  {
    let frame = FrameMemory.forWriting(width: size.0, height: size.1, format: format)
    let description = av_pix_fmt_desc_get(format)!.pointee
    let raw = frame.pointer.pointee
    let kind = Int.random(in: 0..<3, using: &random)
    for (plane, (data, row)) in zip(
      [raw.data.0, raw.data.1, raw.data.2], [raw.linesize.0, raw.linesize.1, raw.linesize.2]
    ).enumerated() {
      guard let data else { continue }
      let down = plane > 0 ? Int(description.log2_chroma_h) : 0
      let bytes = Int(row) * ((size.1 + (1 << down) - 1) >> down)
      let top = (1 << Int(description.comp.0.depth)) - 1
      func sample(_ i: Int) -> Int {
        switch kind {
        case 0: Int.random(in: 0...top, using: &random)
        case 1: Bool.random(using: &random) ? top : 0
        default: (7 * i + Int.random(in: 0..<9, using: &random)) & top
        }
      }
      if top < 256 {
        for i in 0..<bytes { data[i] = UInt8(sample(i)) }
      } else {
        data.withMemoryRebound(to: UInt16.self, capacity: bytes / 2) { samples in
          for i in 0..<bytes / 2 { samples[i] = UInt16(sample(i)) }
        }
      }
    }
    return frame
  }

  /// The picture by interleaved samples, as swscale makes them without planes.
  private func interleaved(_ frame: FrameMemory, width: Int, height: Int) throws -> Picture {
    let raw = frame.pointer.pointee
    let shrinks = width * 2 <= raw.width && height * 2 <= raw.height
    let context = sws_getContext(
      raw.width, raw.height, AVPixelFormat(raw.format), Int32(width), Int32(height), AV_PIX_FMT_RGB24,
      (shrinks ? SWS_AREA : SWS_BICUBIC) | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
        | SWS_BITEXACT, nil, nil, nil)
    defer { sws_freeContext(context) }
    _ = sws_setColorspaceDetails(
      context, sws_getCoefficients(Int32(bitPattern: raw.colorspace.rawValue)),
      raw.color_range == AVCOL_RANGE_JPEG ? 1 : 0, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16
    )
    let scaled = FrameMemory.forWriting(width: width, height: height, format: AV_PIX_FMT_RGB24)
    #expect(sws_scale_frame(context, scaled.pointer, frame.pointer) >= 0)
    return ScaledSamples(of: scaled).picture((0, 0, width, height), of: (width, height), .upright)
  }

  @Test(arguments: formats)
  func giveTheSameBits(name: String) throws {
    let format = av_get_pix_fmt(name)
    var random = RandomAccessTests.Steps(state: UInt64(format.rawValue))
    for round in 0..<40 {
      let size = (Int.random(in: 16...200, using: &random), Int.random(in: 16...200, using: &random))
      let down =
        round % 4 == 0 ? size.1 : round % 4 == 1 ? size.1 / 2 : Int.random(in: 1...260, using: &random)
      let across = round % 4 == 1 ? size.0 / 2 : Int.random(in: 1...260, using: &random)
      #expect(ScaledSamples.givesSameInPlanes(format, height: size.1))
      let frame = frame(format, size, &random)
      frame.pointer.pointee.colorspace = Bool.random(using: &random) ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
      frame.pointer.pointee.color_range = Bool.random(using: &random) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
      // The aspect that makes the covering size the wanted one.
      let aspect = Double(across) / Double(down) * Double(size.1) / Double(size.0)
      let framing = Framing(width: across, height: down)
      let picture = try PictureScaler(maxPixels: 1 << 20).picture(
        of: frame, framing: framing, orientation: .upright, aspect: aspect)
      let expected = try interleaved(frame, width: across, height: down)
      #expect(picture == expected, "\(name) \(size) to \(across)×\(down)")
    }
  }

  @Test(arguments: [
    "yuv410p", "yuva420p", "gray", "rgb24", "gbrp", "bgra", "pal8", "yuv420p16le", "yuv420p10be",
  ])
  func areLeftInterleavedElsewhere(name: String) {
    #expect(!ScaledSamples.givesSameInPlanes(av_get_pix_fmt(name), height: 100))
    #expect(!ScaledSamples.givesSameInPlanes(AV_PIX_FMT_YUV420P, height: 15))
  }
}
