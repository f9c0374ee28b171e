import GradientCheck
import Tensors
import Testing

@testable import Layers

struct ConvolutionTests {
  /// Windows, each with a size that it meets at odd places.
  static let windows: [(String, ConvolutionWindow, [Int])] = [
    ("pointwise", .pointwise, [2, 3, 2, 3]),
    ("causal", .causal, [2, 3, 4, 5]),
    ("causal, a single pixel", .causal, [1, 1, 1, 1]),
    ("causal, more pixels than a tile has", .causal, [2, 4, 9, 17]),
    ("picture", .picture, [2, 2, 3, 4]),
    ("halved picture", .halvedPicture, [2, 1, 4, 6]),
    ("halved picture of odd size", .halvedPicture, [1, 2, 5, 3]),
    ("time", .time, [2, 4, 1, 3]),
    ("halved time", .halvedTime, [2, 5, 2, 1]),
    ("halved time, an even number of frames", .halvedTime, [1, 6, 1, 2]),
    (
      "stride 2 in each axis, zeros on all sides",
      ConvolutionWindow(
        frames: .init(kernel: 3, stride: 2, before: 1, after: 1),
        height: .init(kernel: 2, stride: 2, before: 1),
        width: .init(kernel: 5, stride: 2, before: 2, after: 2)),
      [1, 4, 3, 5]
    ),
  ]

  @Test(arguments: windows)
  func gradientsAreRight(name: String, window: ConvolutionWindow, clip: [Int]) {
    for (inputs, outputs) in [(3, 2), (1, 5)] {
      let store = ParameterStore()
      let layer = Convolution(store.root, inputs, outputs, window)
      let input = gaussian(clip + [inputs])
      #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [], "\(name)")
    }
  }

  @Test(arguments: windows)
  func multipliesWhatTheKernelCovers(name: String, window: ConvolutionWindow, clip: [Int]) {
    for (inputs, outputs) in [(3, 2), (16, 17)] {
      let store = ParameterStore()
      let layer = Convolution(store.root, inputs, outputs, window)
      store.allocate(seed: 1)
      store.perturb()
      let input = gaussian(clip + [inputs])
      let (output, _) = layer.forward(input)
      #expect(relativeError(output, byDefinition(layer, input)) < 1e-6, "\(name)")
    }
  }

  /// The sum of the definition, term by term.
  private func byDefinition(_ layer: Convolution, _ input: Tensor) -> [Double] {
    let (window, s) = (layer.window, input.shape)
    let grid = window.outputs(of: TokenGrid(input))
    let (x, w, b) = (input.doubles, layer.weight.value.doubles, layer.bias.value.doubles)
    func places(_ axis: ConvolutionWindow.Axis, _ output: Int, of count: Int) -> [(tap: Int, place: Int)] {
      (0..<axis.kernel).map { (tap: $0, place: output * axis.stride - axis.before + $0) }
        .filter { $0.place >= 0 && $0.place < count }
    }
    var values: [Double] = []
    for clip in 0..<s[0] {
      for t in 0..<grid.frames {
        for y in 0..<grid.height {
          for column in 0..<grid.width {
            for o in 0..<layer.outputs {
              var total = b[o]
              for (tapT, f) in places(window.frames, t, of: s[1]) {
                for (tapY, line) in places(window.height, y, of: s[2]) {
                  for (tapX, pixel) in places(window.width, column, of: s[3]) {
                    let tap = (tapT * window.height.kernel + tapY) * window.width.kernel + tapX
                    for c in 0..<s[4] {
                      total +=
                        w[(o * s[4] + c) * window.taps + tap]
                        * x[(((clip * s[1] + f) * s[2] + line) * s[3] + pixel) * s[4] + c]
                    }
                  }
                }
              }
              values.append(total)
            }
          }
        }
      }
    }
    return values
  }

  /// A wide layer gathers its taps in several parts.
  @Test func manyChannelsAreGatheredInParts() {
    let store = ParameterStore()
    let layer = Convolution(store.root, 1600, 2, .causal)
    #expect(ConvolutionTiling(lines: 3, run: 3 * 1600, period: 1).lines < 3)
    let input = gaussian([1, 2, 1, 2, 1600])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
    #expect(relativeError(layer.forward(input).output, byDefinition(layer, input)) < 1e-6)
  }

  @Test func partsOfAClipGiveTheBitsOfTheWhole() {
    let store = ParameterStore()
    let layer = Convolution(store.root, 5, 7, .causal)
    store.allocate(seed: 1)
    let clip = gaussian([2, 9, 5, 6, 5])
    let whole = layer.forward(clip).output
    for parts in [[1, 4, 4], [9], [3, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1, 1]] {
      let stream = FrameStream()
      var (first, outputs) = (0, [Tensor]())
      for count in parts {
        outputs.append(layer.next(clip.frames(first..<first + count), in: stream))
        first += count
      }
      let joined = outputs.dropFirst().reduce(outputs[0]) { $0.followed(by: $1) }
      #expect(sameBits(joined, whole), "parts \(parts)")
    }
  }

  @Test func aFrozenWeightGetsNoGradient() {
    let store = ParameterStore(policy: ParameterPolicy(frozen: [NamePattern("**")]))
    let layer = Convolution(store.root, 2, 3, .causal)
    store.allocate(seed: 1)
    let input = gaussian([1, 2, 3, 3, 2])
    let (output, saved) = layer.forward(input)
    #expect(layer.backward(output, saved).shape == input.shape)
  }
}
