import CLibAV
import Foundation
import Hashing
import Testing

@testable import Video

/// Colours of every pixel format, matrix and range are those that the ffmpeg command gives.
@Suite struct ColourTests {
  /// By "format matrix range", one SHA-256 over the pictures of all sizes; `Tests/Fixtures/make_colour_fixtures.py` made them.
  static let hashes: [String: String] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(components: "Fixtures", "colours.json")
    return try! JSONDecoder().decode([String: String].self, from: Data(contentsOf: path))
  }()

  private static let sizes = [(32, 24), (16, 12), (24, 18), (40, 30)]

  /// The picture of the fixtures, 32×24: a sample is 16 + (7 x + 5 y + 60 plane) mod 220, shifted to the depth.
  private func frame(_ name: String) throws -> FrameMemory {
    let frame = FrameMemory.forWriting(width: 32, height: 24, format: av_get_pix_fmt(name))
    let format = try #require(av_pix_fmt_desc_get(AVPixelFormat(frame.pointer.pointee.format))).pointee
    let bits = Int(format.comp.0.depth)
    let isPlanar = format.flags & UInt64(AV_PIX_FMT_FLAG_PLANAR) != 0 || format.nb_components == 1
    let data = [frame.pointer.pointee.data.0, frame.pointer.pointee.data.1, frame.pointer.pointee.data.2]
    let row = [
      frame.pointer.pointee.linesize.0, frame.pointer.pointee.linesize.1, frame.pointer.pointee.linesize.2,
    ]
    for plane in 0..<(isPlanar ? Int(format.nb_components) : 1) {
      let isSmall = plane > 0 && format.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0
      let (across, down) = isSmall ? (format.log2_chroma_w, format.log2_chroma_h) : (0, 0)
      let samples = isPlanar ? 1 : Int(format.comp.0.step) / (bits > 8 ? 2 : 1)
      for y in 0..<(24 >> Int(down)) {
        let start = UnsafeMutableRawPointer(data[plane]!) + y * Int(row[plane])
        for x in 0..<(32 >> Int(across)) * samples {
          let value = (16 + (7 * x + 5 * y + 60 * plane) % 220) << (bits - 8)
          if bits == 8 {
            start.storeBytes(of: UInt8(value), toByteOffset: x, as: UInt8.self)
          } else {
            start.storeBytes(of: UInt16(value).littleEndian, toByteOffset: 2 * x, as: UInt16.self)
          }
        }
      }
    }
    return frame
  }

  private func picture(_ frame: FrameMemory, _ scaler: PictureScaler, _ size: (Int, Int)) throws -> Picture {
    try scaler.picture(
      of: frame, framing: Framing(width: size.0, height: size.1), orientation: .upright, aspect: 1)
  }

  @Test(arguments: hashes.keys.sorted())
  func areThoseOfTheCommand(name: String) throws {
    let parts = name.split(separator: " ").map(String.init)
    let frame = try frame(parts[0])
    frame.pointer.pointee.colorspace = AVColorSpace(UInt32(av_color_space_from_name(parts[1])))
    frame.pointer.pointee.color_range = parts[2] == "pc" ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    let scaler = PictureScaler(maxPixels: 1 << 20)
    var pixels: [UInt8] = []
    for size in Self.sizes { pixels += try picture(frame, scaler, size).pixels }
    #expect(pixels.withUnsafeBytes { SHA256.hex(of: $0) } == Self.hashes[name])
  }

  /// 200, 60, 30 stays what it is, whatever the depth and the size.
  @Test(arguments: ["gbrp", "gbrp10le", "gbrp12le", "gbrp16le", "bgr0", "rgb24", "rgb48le"])
  func redGreenAndBlueStayWhatTheyAre(format: String) throws {
    let rgb = FrameMemory.forWriting(width: 32, height: 24, format: AV_PIX_FMT_RGB24)
    rgb.fill(with: Picture(width: 32, height: 24, fill: (200, 60, 30)))
    let frame = FrameMemory.forWriting(width: 32, height: 24, format: av_get_pix_fmt(format))
    let context = sws_getContext(
      32, 24, AV_PIX_FMT_RGB24, 32, 24, av_get_pix_fmt(format), SWS_BICUBIC | SWS_ACCURATE_RND, nil, nil, nil)
    defer { sws_freeContext(context) }
    #expect(sws_scale_frame(context, frame.pointer, rgb.pointer) >= 0)
    frame.pointer.pointee.colorspace = AVCOL_SPC_RGB
    let luma = LumaScaler(side: 8).picture(of: frame, orientation: .upright)?.samples[20] ?? 0
    #expect(abs(Int(luma) - 98) <= 1, "brightness \(luma)")
    let scaler = PictureScaler(maxPixels: 1 << 20)
    for size in Self.sizes {
      let shown = try picture(frame, scaler, size)[size.0 / 2, size.1 / 2]
      let far = max(abs(Int(shown.r) - 200), abs(Int(shown.g) - 60), abs(Int(shown.b) - 30))
      #expect(far <= 1, "\(shown) at \(size)")
    }
  }
}
