import Testing

@testable import Tensors

struct RandomStreamTests {
  /// Random123's `kat_vectors`, philox4x32, 10 rounds: counter, key, words.
  @Test(arguments: [
    (
      [0, 0, 0, 0], [0, 0],
      [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    ),
    (
      [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ])
  func wordsAreThePublishedOnes(_ vector: (counter: [UInt32], key: [UInt32], words: [UInt32])) {
    #expect(philox(SIMD4(vector.counter), SIMD2(vector.key)) == SIMD4(vector.words))
  }

  @Test func aStreamIsAFunctionOfItsNames() {
    func words(_ seed: UInt64, _ purpose: Purpose, _ step: Int, _ sample: Int) -> [UInt32] {
      var stream = RandomStream(seed: seed, purpose: purpose, step: step, sample: sample)
      return (0..<9).map { _ in stream.next() }
    }
    let streams = [
      words(1, .noise, 0, 0), words(2, .noise, 0, 0), words(1 << 32, .noise, 0, 0), words(1, .time, 0, 0),
      words(1, .noise, 1, 0), words(1, .noise, 1 << 32, 0), words(1, .noise, 0, 1),
    ]
    #expect(Set(streams).count == streams.count)
    #expect(Set(streams.joined()).count == 9 * streams.count)  // no word twice: nothing overlaps
    #expect(words(1, .noise, 3, 5) == words(1, .noise, 3, 5))
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var stream = RandomStream(seed: 5, purpose: .check)
    let n = 100_000
    let values = (0..<n).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(mean(values) - 0.5) < 0.005)
    #expect(abs(mean(values.map { ($0 - 0.5) * ($0 - 0.5) }) - 1.0 / 12) < 0.001)
    #expect(abs(mean(zip(values, values.dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) })) < 0.001)
  }

  @Test func wholeNumbersStayBelowTheirBound() {
    var stream = RandomStream(seed: 5, purpose: .check)
    var counts = Array(repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(stream.below(1) == 0)
    #expect((0..<100).allSatisfy { _ in (2.0..<3).contains(stream.uniform(in: 2..<3)) })
    #expect(["a", "b"].contains(stream.pick(["a", "b"])))
  }

  @Test func gaussianNumbersHaveTheMomentsOfTheNormalDistribution() {
    var stream = RandomStream(seed: 5, purpose: .check)
    expectNormal((0..<100_000).map { _ in stream.gaussian() })
    let tensor = Tensor([1, 100_001])
    tensor.fillGaussian(seed: 5, purpose: .check, step: 0)
    #expect(tensor.isFinite)
    expectNormal(tensor.values.map(Double.init))
  }

  @Test func eachSampleHasItsOwnNumbers() {
    let (three, last) = (Tensor([3, 5]), Tensor([1, 5]))
    three.fillGaussian(seed: 5, purpose: .noise, step: 9)
    last.fillGaussian(seed: 5, purpose: .noise, step: 9, firstSample: 2)
    #expect(Array(three.values[10...]) == last.values)
    #expect(Set(three.values).count == 15)
  }

  private func expectNormal(_ values: [Double]) {
    #expect(abs(mean(values)) < 0.015)
    #expect(abs(mean(values.map { $0 * $0 }) - 1) < 0.02)
    #expect(abs(mean(values.map { $0 * $0 * $0 })) < 0.05)
    #expect(abs(mean(values.map { $0 * $0 * $0 * $0 }) - 3) < 0.15)
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
