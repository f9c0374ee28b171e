import Foundation
import Testing

@testable import vfm_bench

struct SweepTests {
  @Test(arguments: [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8])])
  func threadsAreDoubledUpToAllCores(cores: Int, threads: [Int]) {
    #expect(SweepAxis.threads.points(cores: cores).map(\.value) == threads)
  }

  @Test func valuesAreThoseOfTheModels() {
    let tokens = SweepAxis.tokens.points(cores: 2)
    #expect(tokens.map(\.value) == [256, 1024, 4096, 16384])
    #expect(tokens.allSatisfy { $0.value == $0.model.tokensPerClip && $0.threads == 2 })
    #expect(SweepAxis.width.points(cores: 2).allSatisfy { $0.value == $0.model.width })
    #expect(SweepAxis.batch.points(cores: 2).allSatisfy { $0.value == $0.model.clips })
  }

  /// Peaks are those of a whole process, so this runs in one of its own. It measures memory, not time.
  @Test func filesHoldATableAndPlotsOfWhatWasVaried() async {
    await #expect(processExitsWith: .success) {
      let base = BenchModel(clips: 1, size: [4, 32, 32], width: 48, depth: 1, heads: 2)
      let report = SweepReport([.threads, .batch], from: base, rounds: 1)
      let files = SweepFiles(report).contents
      let plots = ["time", "memory", "share"].map { "batch-\($0).svg" }
      #expect(Set(files.map(\.name)).isSuperset(of: ["sweep.md"] + plots))
      #expect(!files.contains { $0.name.hasPrefix("tokens") || $0.name.hasPrefix("width") })
      let rows = files[0].text.split(separator: "\n")
      #expect(rows.count == 2 + report.points.count)
      // More clips cost memory, and about the same for each token.
      let batch = report.points.filter { $0.axis == .batch }
      let ratios = batch.map { $0.bytesPerToken / batch.last!.bytesPerToken }
      #expect(ratios.allSatisfy { (0.8...1.25).contains($0) }, "\(ratios)")
    }
  }
}
