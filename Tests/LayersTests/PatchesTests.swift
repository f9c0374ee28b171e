import GradientCheck
import Layers
import Tensors
import Testing

struct PatchesTests {
  static let cases: [(clips: [Int], patch: PatchSize)] = [
    ([1, 1, 1, 1, 1], PatchSize(frames: 1, height: 1, width: 1)),
    ([2, 3, 4, 6, 10], PatchSize(frames: 2, height: 3, width: 5)),
    ([1, 16, 1, 4, 6], PatchSize(frames: 1, height: 2, width: 2)),
    ([3, 1, 3, 5, 7], PatchSize(frames: 3, height: 5, width: 7)),
    ([2, 2, 5, 3, 34], PatchSize(frames: 1, height: 1, width: 17)),
  ]

  @Test(arguments: cases, [true, false])
  func cuttingAndJoiningAreInverse(_ sizes: (clips: [Int], patch: PatchSize), channelsFirst: Bool) {
    let patches = Patches(sizes.patch, channelsFirst: channelsFirst)
    let clips = gaussian(sizes.clips)
    let rows = patches.cut(clips)
    #expect(
      rows.shape == [
        sizes.clips[0] * patches.grid(of: sizes.clips).tokens, sizes.clips[1] * sizes.patch.volume,
      ])
    #expect(sameBits(patches.joined(rows, shape: sizes.clips), clips))
  }

  @Test(arguments: cases, [true, false])
  func eachIsTheOthersGradient(_ sizes: (clips: [Int], patch: PatchSize), channelsFirst: Bool) {
    let patches = Patches(sizes.patch, channelsFirst: channelsFirst)
    let clips = gaussian(sizes.clips)
    let cut = Differentiable(["clips": clips]) { inputs in
      (patches.cut(inputs[0]), { [patches.joined($0, shape: sizes.clips)] })
    }
    let joined = Differentiable(["rows": patches.cut(clips)]) { inputs in
      (patches.joined(inputs[0], shape: sizes.clips), { [patches.cut($0)] })
    }
    #expect(gradientProblems(of: cut) == [])
    #expect(gradientProblems(of: joined) == [])
  }

  /// A clip whose pixels are c·1000 + f·100 + y·10 + x.
  @Test func rowsAreInTheOrderOfTokensAndOfTheLayout() {
    let clips = Tensor([1, 2, 2, 2, 4])
    for i in 0..<32 { clips.pointer[i] = Float(i / 16 * 1000 + i / 8 % 2 * 100 + i / 4 % 2 * 10 + i % 4) }
    let size = PatchSize(frames: 1, height: 2, width: 2)
    let kernel = Patches(size, channelsFirst: true).cut(clips)
    let head = Patches(size, channelsFirst: false).cut(clips)
    #expect(kernel.shape == [4, 8])
    // Token t 0, h 0, w 1, laid out (C, ph, pw); and token t 1, h 0, w 0, laid out (ph, pw, C).
    #expect(kernel.view(at: 8, [8]).values == [2, 3, 12, 13, 1002, 1003, 1012, 1013])
    #expect(head.view(at: 16, [8]).values == [100, 1100, 101, 1101, 110, 1110, 111, 1111])
  }
}
