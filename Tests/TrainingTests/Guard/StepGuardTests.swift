import FixedStep
import Foundation
import Testing

/// What the fixed step takes is what it took when its figures were noted. Counts are those of a whole process, so they
/// are taken in one of their own.
@Suite struct StepGuardTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Fixtures/step_counts.json").standardizedFileURL

  @Test func aStepTakesWhatWasNoted() async {
    await #expect(processExitsWith: .success) {
      let (counts, _) = StepCounts.measured()
      if ProcessInfo.processInfo.environment["UPDATE_COUNTS"] != nil {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(counts) + Data("\n".utf8)).write(to: StepGuardTests.path)
      }
      let noted = try JSONDecoder().decode(StepCounts.self, from: Data(contentsOf: StepGuardTests.path))
      for difference in counts.differences(from: noted) { Issue.record("\(difference)") }
    }
  }

  @Test func aSettledStepTakesNothingFromTheSystem() async {
    await #expect(processExitsWith: .success) {
      #expect(StepCounts.measured().systemAllocations == 0)
    }
  }

  @Test func everyFigureCanFailInBothDirections() {
    let noted = StepCounts(
      productOperations: 1000, productCalls: 1000, attentionCalls: 1000, rowCalls: 1000, tensors: 1000,
      tensorBytes: 1000, peakBytes: 1000)
    #expect(noted.differences(from: noted).isEmpty)
    func one(_ name: String, _ change: (inout StepCounts) -> Void) {
      var counts = noted
      change(&counts)
      let differences = counts.differences(from: noted)
      #expect(differences.count == 1)
      #expect(differences.allSatisfy { $0.hasPrefix("\(name) ") && $0.contains("1000") }, "\(differences)")
      #expect(differences.allSatisfy { $0.contains("UPDATE_COUNTS=1") })
    }
    for change in [-1, 1] {
      one("productOperations") { $0.productOperations += change }
      one("productCalls") { $0.productCalls += change }
      one("attentionCalls") { $0.attentionCalls += change }
      one("rowCalls") { $0.rowCalls += change }
      one("tensors") { $0.tensors += change }
      one("tensorBytes") { $0.tensorBytes += 11 * change }
      one("peakBytes") { $0.peakBytes += 11 * change }
      var near = noted
      near.tensorBytes += 10 * change
      near.peakBytes += 10 * change
      #expect(near.differences(from: noted).isEmpty)
    }
  }

  /// One more of the smallest things that a layer could do must be seen, so the counts cannot be empty ones.
  @Test func theFixedStepDoesWhatAStepDoes() async {
    await #expect(processExitsWith: .success) {
      let (counts, _) = StepCounts.measured()
      #expect(counts.attentionCalls == 2 * (1 + 2 * 2))  // forward and backward: text, and two in each block
      #expect(counts.productOperations > 50_000_000)
      #expect(counts.productCalls > 60 && counts.rowCalls > 60 && counts.tensors > 100)
      #expect(counts.peakBytes > 5_000_000 && counts.tensorBytes > counts.peakBytes / 10)
      #expect(FixedStep().run().isFinite)
    }
  }
}
