import Testing

@testable import Video

/// Files whose headers say anything at all: each is read or refused, and none ends the process.
@Suite struct HostileClipTests {
  @Test func survivesAnyNumbersInTheHeader() throws {
    let scratch = try Scratch()
    try Numbered.write(
      to: scratch.path("whole.mp4"), ticks: [1, 2, 1, 3, 1, 1, 2, 1], keyFrameEvery: 4,
      tags: .init(rotation: 90, sampleAspect: (width: 3, height: 2)))
    let whole = try scratch.bytes("whole.mp4")
    var random = RandomAccessTests.Steps(state: 7)
    let words: [[UInt8]] = [
      [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0x40, 0, 0, 0],
    ]
    let limits = DecodeLimits(maxSeconds: 5)
    var (read, refused) = (0, 0)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 40..<1100, using: &random) & ~3
        for (i, byte) in words.randomElement(using: &random)!.enumerated() { bytes[place + i] = byte }
      }
      let path = try scratch.write(bytes, to: "hostile.mp4")
      do {
        let reader = try VideoReader(path: path, limits: limits)
        let framing = Framing(width: 16, height: 16)
        let timing = try reader.timing()
        #expect(timing.duration.isFinite)
        _ = try reader.pictures(at: [-1e300, 0, 0.3, 1e9, 1e300], framing: framing)
        _ = try reader.pictures(ofFrames: [0], framing: nil)
        _ = try VideoReader(ClipFile(path: path), limits: limits, timing: timing)
          .pictures(at: [0.2, 0.5], framing: framing)
        read += 1
      } catch {
        refused += 1
      }
    }
    #expect(read > 20 && refused > 20, "\(read) read, \(refused) refused")
  }

  @Test(
    arguments: [
      (Int64.max, 1, Int64.max, Int64.max - 1), (.min, -1, .min, .min + 1), (.min, 1, .min + 1, .min),
      (.max, -1, .max - 1, .max), (1 << 62, 1 << 62, .max, 0), (5, 3, 8, 2),
    ] as [(Int64, Int64, Int64, Int64)])
  func countsTicksWithoutOverflow(a: Int64, b: Int64, sum: Int64, difference: Int64) {
    #expect(a.saturatingAdd(b) == sum)
    #expect(a.saturatingSubtract(b) == difference)
  }

  /// Headers cannot make libav take more memory at once than the bound.
  @Test func boundsWhatLibavAllocates() throws {
    Libav.prepare()
    #expect(FrameMemory(width: 20_000, height: 20_000, format: .init(rawValue: 2)) == nil)
    #expect(FrameMemory(width: 4096, height: 2304, format: .init(rawValue: 2)) != nil)
    #expect(FrameMemory(width: 0, height: 10, format: .init(rawValue: 2)) == nil)
    #expect(FrameMemory(width: 1 << 40, height: 10, format: .init(rawValue: 2)) == nil)
  }

  /// Decoders remember old encoders from the first packet: x264 before build 151 coded 4:4:4 in another way.
  @Test(arguments: [
    (["x264 - core 155 r1"], DecoderMemory.Reach.header), (["x264 - core 148 r2", ""], .firstPacket),
    (["x264 - core 148", "x264 - core 148"], .firstPacket), (["", "x264 - core 20"], .everything),
    (["x264 - core 148", "x264 - core 155"], .everything), (["x264 - core 155", "x264 - core 157"], .header),
    (["x264 - core ", "x264 - "], .header),
  ])
  func learnsWhatDecodersRemember(packets: [String], reach: DecoderMemory.Reach) {
    var memory = DecoderMemory(of: .init(rawValue: 27))
    for text in packets {
      let packet = PacketMemory()
      var bytes = Array(text.utf8) + [0, 0]
      bytes.withUnsafeMutableBufferPointer {
        packet.pointer.pointee.data = $0.baseAddress
        packet.pointer.pointee.size = Int32($0.count)
        packet.pointer.pointee.flags = 1
        memory.look(at: packet.pointer.pointee)
      }
      packet.pointer.pointee.data = nil
    }
    #expect(memory.reach == reach)
  }
}
