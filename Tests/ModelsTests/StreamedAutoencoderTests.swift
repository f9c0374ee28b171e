import GradientCheck
import Layers
import Tensors
import Testing

@testable import Models

/// A clip that is encoded and decoded in parts gives the bits of the whole clip, in memory that does not grow with it.
struct StreamedAutoencoderTests {
  static let layouts = [
    VideoAutoencoderConfiguration(width: 8, latentChannels: 4, residualBlocks: 1),
    VideoAutoencoderConfiguration(
      width: 8, decoderWidth: 16, latentChannels: 6, multipliers: [1, 2, 2], residualBlocks: 1,
      halvesTime: [true, false], patch: 2, hasShortcuts: true),
  ]

  static func model(_ configuration: VideoAutoencoderConfiguration) -> VideoAutoencoder {
    let model = VideoAutoencoder(configuration)
    model.parameters.allocate(seed: 3, withGradients: false)
    return model
  }

  @Test(arguments: layouts, [1, 5, 17])
  func partsOfAnySizeHaveTheBitsOfTheWhole(_ configuration: VideoAutoencoderConfiguration, frames: Int) {
    let model = Self.model(configuration)
    let side = configuration.pixelFactor
    let clips = gaussian([2, 3, frames, 2 * side, 3 * side])
    let z = configuration.latentChannels
    let moments = model.encode(clips).moments
    let means = Tensor(
      (0..<moments.rows).flatMap { r in (0..<z).map { moments.row(r)[$0] } },
      moments.shape.dropLast() + [z])
    let whole = model.decode(means).clips
    for count in [1, 4, 7, 8, 12, 100] {
      #expect(sameBits(model.means(of: clips, framesAtOnce: count), means), "\(count) frames at once")
      #expect(sameBits(model.clips(of: means, latentsAtOnce: count), whole), "\(count) latents at once")
    }
    #expect(sameBits(model.means(of: clips), means))
    #expect(sameBits(model.clips(of: means), whole))
  }

  @Test func partsAreCountedFromTheFirstFrame() {
    let wan = VideoAutoencoderConfiguration()
    func frames(_ count: Int, _ atOnce: Int) -> [Range<Int>] {
      wan.parts(frames: count, atOnce: atOnce).map(\.frames)
    }
    #expect(frames(1, 4) == [0..<1])
    #expect(frames(17, 4) == [0..<5, 5..<9, 9..<13, 13..<17])
    #expect(frames(17, 11) == [0..<9, 9..<17])
    #expect(frames(17, 12) == [0..<13, 13..<17])
    #expect(frames(17, 1) == frames(17, 4))
    #expect(wan.parts(latents: 5, atOnce: 3).map(\.latents) == [0..<4, 4..<5])
    #expect(wan.parts(latents: 5, atOnce: 9) == [ClipPart(frames: 0..<17, latents: 0..<5)])
  }

  /// Frames come when they are asked for, and what is made of them is given away at once.
  @Test(arguments: layouts)
  func whatComesAndGoesNeedsNoMoreMemoryForALongerClip(_ configuration: VideoAutoencoderConfiguration) {
    let model = Self.model(configuration)
    let (unit, side) = (configuration.timeFactor, configuration.pixelFactor)
    func peaks(frames: Int) -> (encode: Int, decode: Int) {
      let parts = configuration.parts(frames: frames, atOnce: 2 * unit)
      var (coming, made) = (parts[...], 0)
      let encoding = Plan.rehearse {
        model.encode(
          from: { coming.popFirst().map { Tensor([1, 3, $0.frames.count, 2 * side, 2 * side]) } },
          to: { made += $0.shape[1] })
      }
      #expect(made == configuration.latentFrames(frames))
      (coming, made) = (parts[...], 0)
      let decoding = Plan.rehearse {
        model.decode(
          from: {
            coming.popFirst().map { Tensor([1, $0.latents.count, 2, 2, configuration.latentChannels]) }
          }, to: { made += $0.shape[2] })
      }
      #expect(made == frames)
      return (encoding.memory.peakBytes, decoding.memory.peakBytes)
    }
    let (short, long) = (peaks(frames: 33), peaks(frames: 65))
    #expect(short == long)
  }

  /// Beside the clip that was given and the one that is made, 65 frames need what 33 do; measured, in a process of its own.
  @Test func wholeClipsNeedNoMoreMemoryButTheirOwn() async {
    await #expect(processExitsWith: .success) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      func rest(frames: Int) -> [Int] {
        let clips = gaussian([1, 3, frames, 32, 32])
        func peak(_ body: () -> Tensor) -> (bytes: Int, result: Tensor) {
          Memory.resetPeak()
          let result = body()
          let peak = Memory.statistics.peakBytes
          // What is left behind is the result alone.
          return (peak - Memory.statistics.liveBytes, result)
        }
        let encoded = peak { model.means(of: clips) }
        let decoded = peak { model.clips(of: encoded.result) }
        return [encoded.bytes, decoded.bytes]
      }
      let (short, long) = (rest(frames: 33), rest(frames: 65))
      #expect(short == long && short.allSatisfy { $0 > 0 })
    }
  }

  @Test func sizesThatNoLatentStandsForAreNamed() {
    let wan = VideoAutoencoderConfiguration()
    #expect(wan.problem(frames: 17, height: 8, width: 64) == nil && wan.problem(frames: 1) == nil)
    #expect(wan.problem(frames: 16) == "16 frames are not 4n + 1; take 13 or 17")
    #expect(wan.problem(frames: 0) == "0 frames are not 4n + 1; take 1 or 5")
    #expect(
      wan.problem(height: 16, width: 20)
        == "a width of 20 pixels is no multiple of the 8 that a latent stands for; take 16 or 24")
    #expect(
      wan.problem(height: 0, width: 8)
        == "a height of 0 pixels is no multiple of the 8 that a latent stands for; take 8")
  }

  @Test func framesThatNoLatentStandsForAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      _ = model.means(of: gaussian([1, 3, 4, 8, 8]))
    }
    await #expect(processExitsWith: .failure) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      var parts = [gaussian([1, 3, 5, 8, 8]), gaussian([1, 3, 3, 8, 8])]
      model.encode(from: { parts.isEmpty ? nil : parts.removeFirst() }, to: { _ in })
    }
    await #expect(processExitsWith: .failure) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      _ = model.means(of: gaussian([1, 3, 5, 8, 12]))
    }
  }

  @Test func whatGivesFramesMayFail() {
    struct Unreadable: Error {}
    let model = Self.model(Self.layouts[0])
    #expect(throws: Unreadable.self) {
      try model.encode(from: { throw Unreadable() }, to: { _ in })
    }
  }
}
