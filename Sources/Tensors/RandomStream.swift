import Foundation

/// What a stream of random numbers is drawn for. Each purpose has its own numbers: drawing more for one never shifts
/// another. The raw values are part of what a seed means, so they never change.
public enum Purpose: UInt32, Sendable {
  /// Initial values of parameters.
  case initialization = 1
  /// The order of clips within an epoch.
  case shuffling = 2
  /// Which clip stands in for one that cannot be read.
  case replacement = 3
  /// Where in a clip its frames start.
  case start = 4
  /// Where in a picture the crop lies.
  case crop = 5
  /// Noise of the flow.
  case noise = 6
  /// Times of the flow.
  case time = 7
  /// Which captions are dropped.
  case captionDropout = 8
  /// The embedded set of clips.
  case synthesis = 9
  /// Noise that sampling starts from.
  case sampling = 10
  /// Checks and tests.
  case check = 11
  /// What a masked model does not see.
  case mask = 12
  /// How large the blocks are that a masked model does not see.
  case maskSize = 13
  /// At which steps a run's shapes come.
  case shape = 14
  /// Which training clips are mirrored.
  case flip = 20
  /// Which training clips have a part erased, which part, and the noise that is put there.
  case erasing = 21
  /// How much of what the clips of a pass are mixed with.
  case mixing = 22
  /// Which clips skip which branches of which blocks.
  case dropPath = 23
}

/// A stream of random numbers that is a pure function of (seed, purpose, step, sample).
///
/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): ten rounds turn a 128-bit
/// counter and a 64-bit key into four words. There is no state to save: a run that resumes at a step draws what it
/// would have drawn.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>(repeating: 0)
  private var used = 4

  /// - Parameters:
  ///   - seed: the run's seed; `purpose` is mixed into its key.
  ///   - step: up to 2⁴⁰ steps; `sample`: up to 2³² samples (clips, parameters) within a step.
  public init(seed: UInt64, purpose: Purpose, step: Int = 0, sample: Int = 0) {
    precondition(step >= 0 && step < 1 << 40 && sample >= 0 && sample < 1 << 32, "stream index out of range")
    let high = UInt32(truncatingIfNeeded: seed >> 32) ^ (purpose.rawValue &* 0x9E37_79B9)
    key = SIMD2(UInt32(truncatingIfNeeded: seed), high)
    // Word 0 counts blocks; words 1 to 3 name the stream. 2³² blocks are 2³⁴ numbers, more than one stream draws.
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: sample),
      UInt32(truncatingIfNeeded: step >> 32) << 16 | purpose.rawValue)
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if used == 4 {
      words = philox(counter, key)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// The next number in [0, 1), in steps of 2⁻³².
  public mutating func uniform() -> Double { Double(next()) * 0x1p-32 }

  /// The next number in the half-open range.
  public mutating func uniform(in range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// The next whole number in [0, bound), every value as likely to within 2⁻³².
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0 && bound <= 1 << 32, "bound must be in 1...2³²")
    return Int((UInt64(next()) &* UInt64(bound)) >> 32)
  }

  /// One of the choices.
  public mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// The next number of the standard normal distribution, in double precision (Box and Muller).
  public mutating func gaussian() -> Double {
    let radius = (-2 * log((Double(next()) + 0.5) * 0x1p-32)).squareRoot()
    return radius * cos(2 * .pi * (Double(next()) * 0x1p-32))
  }
}

/// Ten rounds of Philox4x32.
@inline(__always)
func philox(_ counter: SIMD4<UInt32>, _ key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var (c, k) = (counter, key)
  for _ in 0..<10 {
    let first = UInt64(c[0]) &* 0xD251_1F53
    let second = UInt64(c[2]) &* 0xCD9E_8D57
    c = SIMD4(
      UInt32(truncatingIfNeeded: second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
      UInt32(truncatingIfNeeded: first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first))
    k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
  }
  return c
}

extension Tensor {
  /// Fills each sample (index of the first axis) with normally distributed numbers of its own stream.
  ///
  /// Sample b draws from (seed, purpose, step, firstSample + b), whatever the number of samples beside it.
  public func fillGaussian(seed: UInt64, purpose: Purpose, step: Int, firstSample: Int = 0) {
    let samples = shape.first ?? 1
    let size = samples == 0 ? 0 : count / samples
    parallel(over: samples, tile: 1) { range in
      for b in range {
        var stream = RandomStream(seed: seed, purpose: purpose, step: step, sample: firstSample + b)
        stream.fillGaussian(pointer + b * size, size)
      }
    }
  }
}

extension RandomStream {
  /// Writes `count` normally distributed floats: Box and Muller's pairs, in single precision.
  public mutating func fillGaussian(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
    for i in stride(from: 0, to: count, by: 2) {
      let radius = (-2 * logf((Float(next() >> 8) + 0.5) * 0x1p-24)).squareRoot()
      let angle = 2 * Float.pi * (Float(next() >> 8) * 0x1p-24)
      target[i] = radius * cosf(angle)
      if i + 1 < count { target[i + 1] = radius * sinf(angle) }
    }
  }
}
