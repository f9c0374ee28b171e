import Foundation
import Layers
import Tensors
import Testing

struct TimestepSinusoidTests {
  @Test func timeZeroIsOnesThenZeros() {
    let row = TimestepSinusoid(width: 6).forward([0])
    #expect(row.shape == [1, 6])
    #expect(row.values == [1, 1, 1, 0, 0, 0])
  }

  @Test(arguments: [2, 10, 256])
  func wavesAreThoseOfTheFormula(width: Int) {
    let times = [0.0, 0.001, 0.25, 1]
    let half = width / 2
    let expected = times.flatMap { t -> [Double] in
      let angles = (0..<half).map { 1000 * t * pow(10_000, -Double($0) / Double(half)) }
      return angles.map { cos($0) } + angles.map { sin($0) }
    }
    #expect(relativeError(TimestepSinusoid(width: width).forward(times), expected) < 1e-6)
  }

  /// `get_timestep_embedding(torch.tensor([500.]), 4, flip_sin_to_cos=True, downscale_freq_shift=0)` of diffusers.
  @Test func valuesAreThoseOfDiffusers() {
    let expected = [cos(500.0), cos(5.0), sin(500.0), sin(5.0)]
    #expect(relativeError(TimestepSinusoid(width: 4).forward([0.5]), expected) < 1e-6)
  }
}
