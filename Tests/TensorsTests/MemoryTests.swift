import Testing

@testable import Tensors

/// The counts are those of the whole process, so these tests run in processes of their own.
struct MemoryTests {
  @Test func aSecondRoundTakesNothingFromTheSystem() async {
    await #expect(processExitsWith: .success) {
      func round() {
        var kept: [Tensor] = []
        for i in 0..<50 {
          let tensor = Tensor.zeros([i * i * 7 + 1])
          if i % 3 == 0 { kept.append(tensor + tensor) }
        }
      }
      let start = Memory.statistics
      round()
      let first = Memory.statistics
      round()
      let second = Memory.statistics
      #expect(first.systemAllocations > start.systemAllocations)
      #expect(first.liveBytes == start.liveBytes && second.liveBytes == start.liveBytes)
      #expect(second.systemAllocations == first.systemAllocations)
      #expect(second.systemBytes == first.systemBytes)
    }
  }

  @Test func livingAndPeakBytesAreCounted() async {
    await #expect(processExitsWith: .success) {
      Memory.resetPeak()
      let start = Memory.statistics
      withExtendedLifetime(Tensor([1024])) {
        withExtendedLifetime(Tensor([2048])) { _ = $0.copied() }
        withExtendedLifetime(Tensor([16])) { _ in
          #expect(Memory.statistics.liveBytes - start.liveBytes == 4096 + 64)
        }
      }
      #expect(Memory.statistics.liveBytes == start.liveBytes)
      #expect(Memory.statistics.peakBytes - start.liveBytes == 4096 + 2 * 8192)
    }
  }

  @Test func trimmingGivesUnusedBuffersBack() async {
    await #expect(processExitsWith: .success) {
      let kept = Tensor([5000])
      kept.fill(3)
      _ = Tensor([100_000])
      Memory.trim()
      #expect(Memory.statistics.systemBytes == Memory.statistics.liveBytes)
      #expect(kept.values.allSatisfy { $0 == 3 })
      let before = Memory.statistics.systemAllocations
      _ = Tensor([100_000])
      #expect(Memory.statistics.systemAllocations == before + 1)
    }
  }

  @Test func sizesAreRoundedUpByAnEighthAtMost() {
    for bytes in [0, 1, 63, 64, 65, 4095, 4096, 4097, 10_000, 65_537, 1_000_000, 123_456_789] {
      let rounded = Memory.roundedSize(bytes)
      #expect(rounded >= max(bytes, 64) && rounded % 64 == 0)
      #expect(rounded - bytes <= max(bytes > 4096 ? 4096 : 64, bytes / 8))
      #expect(Memory.roundedSize(rounded) == rounded)
    }
  }
}
