import GradientCheck
import Objectives
import Tensors
import Testing

struct GaussianLatentsTests {
  @Test(arguments: [(1, 1, 1), (2, 3, 4), (3, 5, 16), (1, 7, 17), (2, 150, 33)])
  func gradientsAreRight(clips: Int, rowsOfClip: Int, width: Int) {
    let (latents, rows) = (GaussianLatents(), clips * rowsOfClip)
    let noise = gaussian([rows, width], seed: 3)
    let piece = Differentiable(["moments": gaussian([rows, 2 * width])]) { inputs in
      let (z, divergences, saved) = latents.forward(inputs[0], noise: noise, clips: clips, values: 12)
      let mean = divergences.reduce(0, +) / Double(clips)
      return (
        Tensor(z.values + [Float(mean)], [z.count + 1]),
        { gradient in
          [
            latents.backward(
              gradient.view(at: 0, [rows, width]), saved, share: Double(gradient.values[z.count]))
          ]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  /// By PyTorch (Tests/Fixtures/make_reconstruction_fixtures.py), with logarithms of variances beyond their bounds.
  @Test func valuesAndGradientsAreThoseOfPyTorch() throws {
    func areNear(_ ours: [Float], _ theirs: [Float]) -> Bool {
      ours.count == theirs.count && zip(ours, theirs).allSatisfy { abs($0 - $1) < 2e-6 * max(1, abs($1)) }
    }
    for golden in try ReconstructionFixture.load().latents {
      let shape = [golden.clips, golden.rows, golden.width]
      let moments = Tensor(golden.moments, [golden.clips, golden.rows, 2 * golden.width])
      let (z, divergences, saved) = GaussianLatents().forward(
        moments, noise: Tensor(golden.noise, shape), clips: golden.clips, values: golden.values)
      #expect(z.shape == shape && areNear(z.values, golden.latents))
      for (ours, theirs) in zip(divergences, golden.divergences) {
        #expect(abs(ours - theirs) < 1e-6 * max(1, theirs))
      }
      let gradient = GaussianLatents().backward(Tensor(golden.slope, shape), saved, share: golden.share)
      #expect(gradient.shape == moments.shape && areNear(gradient.values, golden.gradient))
    }
  }

  @Test func theMeanIsWhatHasNoNoise() {
    let moments = gaussian([2, 3, 10])
    let mean = GaussianLatents().mean(moments)
    let drawn = GaussianLatents().forward(moments, noise: .zeros([2, 3, 5]), clips: 2, values: 1).latents
    #expect(mean.shape == [2, 3, 5] && sameBits(mean, drawn))
    #expect(mean.values[5] == moments.values[10])
  }

  @Test func aStandardNormalHasNoDivergence() {
    let (_, divergences, saved) = GaussianLatents().forward(
      .zeros([4, 6]), noise: gaussian([4, 3]), clips: 2, values: 5)
    #expect(divergences == [0, 0])
    #expect(GaussianLatents().backward(.zeros([4, 3]), saved, share: 1).values.allSatisfy { $0 == 0 })
  }

  @Test func aRehearsalRunsThroughIt() {
    _ = Plan.rehearse {
      let result = GaussianLatents().forward(
        Tensor([2, 4, 8]), noise: Tensor([2, 4, 4]), clips: 2, values: 5)
      #expect(result.divergences == [0, 0])
      #expect(GaussianLatents().backward(result.latents, result.saved, share: 1).shape == [2, 4, 8])
    }
  }
}
