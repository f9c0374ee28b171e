import Foundation
import Tensors
import Testing

@testable import vfm_bench

struct KernelsTests {
  static let model = BenchModel(clips: 2, size: [2, 4, 6], width: 24, depth: 1, heads: 2)

  /// Each kernel that is compared with arithmetic does as many operations as it says; the count is the process's.
  @Test func operationsAreThoseThatAreDone() async {
    await #expect(processExitsWith: .success) {
      let kernels = Kernels.products(KernelsTests.model)
      #expect(kernels.count == 13)
      for kernel in kernels {
        guard case .arithmetic(let operations) = kernel.bound else {
          Issue.record("\(kernel.name) is bound by arithmetic")
          continue
        }
        let before = Work.productOperations
        kernel.run()
        #expect(Work.productOperations - before == operations, "\(kernel.name)")
      }
    }
  }

  @Test func everyKernelHasARowWithAShare() throws {
    let kernels = Kernels.rows(Self.model) + Kernels.update(Self.model)
    let report = KernelsReport("kernels", kernels, .yardstick, rounds: 1)
    #expect(report.kernels.map(\.name) == kernels.map(\.name))
    #expect(report.kernels.allSatisfy { $0.share > 0 && $0.share.isFinite && $0.unit == "GB/s" })
    #expect(report.text.split(separator: "\n").count == 2 + kernels.count)
  }

  @Test func aStreamCountsWhatItReadsAndWrites() {
    let stream = Stream(reading: 40_000, writing: 10_000)
    #expect(stream.bytes == 4 * 50_000)
    stream.run()
    Stream(reading: 0, writing: 5).run()
    Stream(reading: 5, writing: 0).run()
  }
}
