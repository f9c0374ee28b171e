import Foundation
import GradientCheck
import Tensors
import Testing

@testable import Layers

struct NormSiLUTests {
  @Test(arguments: [(1, true), (3, true), (16, true), (19, true), (3, false), (33, false)])
  func gradientsAreRight(channels: Int, isActivated: Bool) {
    let store = ParameterStore()
    let layer = NormSiLU(store.root, channels: channels, isActivated: isActivated)
    let input = gaussian([2, 1, 3, 13, channels])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test(arguments: [5, 16, 40])
  func normalizesThenActivates(channels: Int) {
    let store = ParameterStore()
    let layer = NormSiLU(store.root, channels: channels)
    store.allocate(seed: 1)
    store.perturb()
    let input = gaussian([1, 1, 1, 3, channels])
    let (x, gamma) = (input.doubles, layer.gamma.value.doubles)
    let expected = (0..<3).flatMap { r -> [Double] in
      let row = Array(x[r * channels..<(r + 1) * channels])
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return zip(row, gamma).map { value, gamma in
        let n = value / length * Double(channels).squareRoot() * gamma
        return n / (1 + exp(-n))
      }
    }
    #expect(relativeError(layer.forward(input).output, expected) < 1e-6)
  }

  @Test func aPixelOfZerosStaysZero() {
    let store = ParameterStore()
    let layer = NormSiLU(store.root, channels: 4)
    store.allocate(seed: 1)
    let (output, saved) = layer.forward(.zeros([1, 1, 1, 1, 4]))
    #expect(output.values == [0, 0, 0, 0])
    #expect(layer.backward(gaussian([1, 1, 1, 1, 4]), saved).isFinite)
  }
}

struct ResamplingTests {
  @Test(arguments: [1, 3, 5])
  func halvedTimeHasRightGradients(frames: Int) {
    let store = ParameterStore()
    let layer = TemporalDownsampling(store.root, channels: 3)
    let input = gaussian([2, frames, 2, 3, 3])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
    #expect(layer.forward(input).output.shape == [2, (frames + 1) / 2, 2, 3, 3])
  }

  @Test(arguments: [1, 2, 4])
  func doubledTimeHasRightGradients(frames: Int) {
    let store = ParameterStore()
    let layer = TemporalUpsampling(store.root, channels: 3)
    let input = gaussian([2, frames, 2, 3, 3])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
    #expect(layer.forward(input).output.shape == [2, 2 * frames - 1, 2, 3, 3])
  }

  @Test(arguments: [1, 3, 16, 18])
  func doubledPixelsHaveRightGradients(channels: Int) {
    let input = gaussian([2, 2, 3, 5, channels])
    #expect(gradientProblems(of: Differentiable(NearestUpsampling(), input: input)) == [])
    let store = ParameterStore()
    let layer = SpatialUpsampling(store.root, channels, 2)
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
    #expect(layer.forward(input).output.shape == [2, 2, 6, 10, 2])
  }

  @Test func pixelsAreRepeated() {
    let output = NearestUpsampling().forward(Tensor([1, 2, 3, 4], [1, 1, 2, 2, 1])).output
    #expect(output.values == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  }

  @Test(arguments: [[1, 4, 4], [5, 4], [1, 2, 2, 4], [9]])
  func partsOfAClipGiveTheBitsOfTheWhole(parts: [Int]) {
    let store = ParameterStore()
    let down = TemporalDownsampling(store.root("down"), channels: 6)
    let up = TemporalUpsampling(store.root("up"), channels: 6)
    store.allocate(seed: 1)
    let clip = gaussian([2, 9, 3, 2, 6])
    let stream = FrameStream()
    var (first, halved, doubled) = (0, [Tensor](), [Tensor]())
    for count in parts {
      halved.append(down.next(clip.frames(first..<first + count), in: stream))
      doubled.append(up.next(halved.last!, in: stream))
      first += count
    }
    let whole = down.forward(clip).output
    #expect(sameBits(halved.dropFirst().reduce(halved[0]) { $0.followed(by: $1) }, whole))
    #expect(
      sameBits(doubled.dropFirst().reduce(doubled[0]) { $0.followed(by: $1) }, up.forward(whole).output))
  }
}

struct FrameAttentionTests {
  @Test(arguments: [(1, 1, 1), (2, 3, 5), (3, 4, 16)])
  func gradientsAreRight(frames: Int, side: Int, channels: Int) {
    let store = ParameterStore()
    let layer = FrameAttention(store.root, channels: channels)
    let input = gaussian([2, frames, side, side + 1, channels])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test func addsABiasAloneAtFirst() {
    let store = ParameterStore()
    let layer = FrameAttention(store.root, channels: 4)
    store.allocate(seed: 1)
    let added = layer.forward(gaussian([1, 2, 2, 2, 4])).output.copied()
    added.add(gaussian([1, 2, 2, 2, 4]), scale: -1)
    for pixel in 1..<8 {
      for c in 0..<4 { #expect(abs(added.row(pixel)[c] - added.row(0)[c]) < 1e-6) }
    }
  }
}

struct AveragedShortcutTests {
  @Test(arguments: [(6, 4, 2, 2, 5), (4, 8, 1, 2, 3), (3, 3, 1, 1, 2), (2, 16, 2, 2, 1), (8, 4, 1, 2, 1)])
  func gradientsAreRight(fine: Int, coarse: Int, time: Int, pixel: Int, frames: Int) {
    let shortcut = AveragedShortcut(fine: fine, coarse: coarse, timeFactor: time, pixelFactor: pixel)
    let down = Differentiable(["input": gaussian([2, frames, 4, 2, fine])]) { inputs in
      (shortcut.down(inputs[0]), { [shortcut.downBackward($0, frames: frames)] })
    }
    #expect(gradientProblems(of: down) == [])
    let up = Differentiable(["input": gaussian([2, frames, 2, 3, coarse])]) { inputs in
      (shortcut.up(inputs[0]), { [shortcut.upBackward($0)] })
    }
    #expect(gradientProblems(of: up) == [])
  }

  @Test func averagesNeighboursOfAChannel() {
    let shortcut = AveragedShortcut(fine: 1, coarse: 1, timeFactor: 1, pixelFactor: 2)
    #expect(shortcut.down(Tensor([1, 2, 3, 6], [1, 1, 2, 2, 1])).values == [3])
    #expect(shortcut.up(Tensor([5], [1, 1, 1, 1, 1])).values == [5, 5, 5, 5])
  }
}

struct ChannelsLastTests {
  @Test(arguments: [1, 2, 3])
  func goesThereAndBack(patch: Int) {
    let layer = ChannelsLast(patch: patch)
    let clips = gaussian([2, 3, 2, 2 * patch, 3 * patch])
    let rows = layer.forward(clips)
    #expect(rows.shape == [2, 2, 2, 3, 3 * patch * patch])
    #expect(layer.backward(rows).values == clips.values)
  }

  @Test func columnsOfAPatchComeBeforeItsLines() {
    let rows = ChannelsLast(patch: 2).forward(Tensor([1, 2, 3, 4], [1, 1, 1, 2, 2]))
    #expect(rows.values == [1, 3, 2, 4])
  }
}
