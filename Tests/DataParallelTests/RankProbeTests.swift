import Foundation
import TestPrograms
import Testing

/// Ranks in processes of their own, which add up made-up gradients.
@Suite(.serialized, .enabled(if: MPIRun.path != nil, "\(MPIRun.missing)"))
struct RankProbeTests {
  /// The norms and the digest of the weights after three steps.
  private func outcome(ranks: Int, units: Int, _ more: String...) throws -> String {
    let process = Process()
    let pipe = Pipe()
    let probe = TestProgram.path("rank-probe")
    process.executableURL = URL(fileURLWithPath: ranks == 0 ? probe : MPIRun.path!)
    let arguments = ["\(units)"] + more
    process.arguments = ranks == 0 ? arguments : MPIRun.options + ["-np", "\(ranks)", probe] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(MPIRun.environment) { $1 }
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [(5, "divided"), (7, "whole")])
  func anyNumberOfRanksGivesTheSameBits(units: Int, cut: String) throws {
    let alone = try outcome(ranks: 0, units: units, "exact", "float32", cut)
    #expect(alone.hasPrefix("[") && !alone.contains("differ"))
    // Five ranks have stretches of no parameters where these are not divided.
    for ranks in [1, 2, 3, 5] {
      #expect(
        try outcome(ranks: ranks, units: units, "exact", "float32", cut) == alone, "\(ranks) ranks")
    }
  }

  /// The test above can fail: units added in another order give other bits. What is rounded on the way is near all the same,
  /// and all ranks have the same weights.
  @Test func anotherOrderOfAdditionsIsCaught() throws {
    let alone = try outcome(ranks: 0, units: 7, "exact", "float32", "divided")
    for precision in ["float32", "bfloat16"] {
      let fast = try outcome(ranks: 3, units: 7, "fast", precision, "divided")
      #expect(fast != alone && !fast.contains("differ"))
      for (norm, expected) in zip(norms(fast), norms(alone)) { #expect(abs(norm / expected - 1) < 2e-3) }
    }
  }

  private func norms(_ outcome: String) -> [Double] {
    outcome.dropFirst().prefix { $0 != "]" }.split(separator: ", ").map {
      Double(bitPattern: UInt64($0) ?? 0)
    }
  }
}
