import GradientCheck
import Tensors
import Testing

@testable import Layers

/// Convolutions whose products are of bfloat16, held against those of float32.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct NarrowConvolutionTests {
  /// Each factor is wrong by at most u = 2⁻⁸ of itself, so a sum of products by at most (2u + u²) Σ |a b|.
  private static let bound = (2.0 / 256 + 1.0 / (256 * 256)) * 1.001

  @Test(arguments: ConvolutionTests.windows)
  func noNumberIsFurtherFromFloat32ThanRoundingCanMakeIt(
    name: String, window: ConvolutionWindow, clip: [Int]
  ) {
    for (inputs, outputs) in [(4, 2), (16, 18)] {
      let exact = pass(window, clip, inputs, outputs, .float32)
      let narrow = pass(window, clip, inputs, outputs, .bfloat16)
      let sizes = pass(window, clip, inputs, outputs, .float32, absolute: true)
      for (what, expected) in exact {
        let (got, terms) = (narrow[what]!, sizes[what]!)
        let isWithin = (0..<expected.count).allSatisfy {
          abs(Double(got[$0]) - Double(expected[$0])) <= Self.bound * Double(terms[$0]) + 1e-5
        }
        #expect(isWithin, "\(name): \(what)")
      }
      #expect(exact["bias gradient"]! == narrow["bias gradient"]!)
      #expect(exact["output"]! != narrow["output"]!)
    }
  }

  /// Layers that read or make pixels, of an odd number of channels.
  @Test func oddNumbersOfChannelsStayFloat32() {
    let store = ParameterStore(policy: ParameterPolicy(computePrecision: .bfloat16))
    let scope = store.root
    #expect(Convolution(scope("first"), 3, 8, .causal).precision == .float32)
    #expect(Convolution(scope("last"), 8, 3, .causal).precision == .float32)
    #expect(Convolution(scope("middle"), 8, 4, .causal).precision == .bfloat16)
  }

  @Test func partsOfAClipGiveTheBitsOfTheWhole() {
    let (layer, _) = layer(.causal, 6, 8, .bfloat16)
    let clip = gaussian([2, 9, 5, 6, 6])
    let whole = layer.forward(clip).output
    for parts in [[1, 4, 4], [9], [3, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1, 1, 1, 1]] {
      let stream = FrameStream()
      var first = 0
      for count in parts {
        let part = layer.next(clip.frames(first..<first + count), in: stream)
        #expect(sameBits(part, whole.frames(first..<first + count)), "\(parts)")
        first += count
      }
    }
  }

  @Test func bitsDoNotDependOnThreads() {
    func bits(threads: Int) -> [String: [Float]] {
      Parallel.withThreads(threads) { pass(.causal, [2, 5, 9, 17], 16, 18, .bfloat16) }
    }
    let one = bits(threads: 1)
    #expect(one == bits(threads: 2) && one == bits(threads: 5))
  }

  /// The first to ask how rows are computed may be a rehearsal.
  @Test func aPlanMayComeFirst() async {
    await #expect(processExitsWith: .success) {
      let store = ParameterStore(policy: ParameterPolicy(computePrecision: .bfloat16))
      let layer = Convolution(store.root, 4, 6, .causal)
      store.allocate(seed: 1)
      func run() {
        let (output, saved) = layer.forward(Tensor.zeros([1, 3, 4, 4, 4]))
        _ = layer.backward(output, saved)
      }
      let plan = Plan.rehearse(run)
      let before = Memory.statistics
      Memory.resetPeak()
      run()
      #expect(plan.peakBytes == Memory.statistics.peakBytes)
      #expect(plan.memory.requestedBytes == Memory.statistics.requestedBytes - before.requestedBytes)
    }
  }

  private func layer(
    _ window: ConvolutionWindow, _ inputs: Int, _ outputs: Int, _ precision: Precision
  ) -> (Convolution, ParameterStore) {
    let store = ParameterStore(policy: ParameterPolicy(computePrecision: precision))
    let layer = Convolution(store.root, inputs, outputs, window)
    store.allocate(seed: 1)
    return (layer, store)
  }

  /// Output and gradients; of absolute values it is what the bound is a share of.
  private func pass(
    _ window: ConvolutionWindow, _ clip: [Int], _ inputs: Int, _ outputs: Int, _ precision: Precision,
    absolute: Bool = false
  ) -> [String: [Float]] {
    let (layer, store) = layer(window, inputs, outputs, precision)
    func sized(_ x: Tensor) -> Tensor { absolute ? Tensor(x.values.map(abs), x.shape) : x }
    if absolute { store.values.copy(from: sized(store.values)) }
    let (output, saved) = layer.forward(sized(gaussian(clip + [inputs])))
    let inputGradient = layer.backward(sized(gaussian(output.shape, seed: 2)), saved)
    return [
      "output": output.values, "input gradient": inputGradient.values,
      "weight gradient": layer.weight.gradient!.values, "bias gradient": layer.bias.gradient!.values,
    ]
  }
}
