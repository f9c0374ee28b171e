import Foundation
import Testing

/// Products of linear layers are OpenBLAS's: seen by a program that has a `cblas_sgemm` of its own, which counts and passes
/// on.
struct ProductsTests {
  @Test func everyProductOfALinearLayerInATrainingStepIsOpenBLAS() throws {
    let process = Process()
    let probe = try #require(Self.probe, "product-probe is beside the tests")
    process.executableURL = URL(fileURLWithPath: probe)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let figures = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(figures.count == 3, "three figures: \(text)")
    let (calls, operations, linear) = (figures[0], figures[1], figures[2])
    #expect(calls > 100)
    #expect(linear > 50_000_000 && operations == linear)
  }

  /// `product-probe` in the folder of the tests or one above.
  private static var probe: String? {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    for path in CommandLine.arguments + [own] {
      var folder = URL(fileURLWithPath: path)
      for _ in 0..<4 {
        folder.deleteLastPathComponent()
        let probe = folder.appendingPathComponent("product-probe").path
        if FileManager.default.isExecutableFile(atPath: probe) { return probe }
      }
    }
    return nil
  }
}
