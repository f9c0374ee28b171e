import Commands
import Foundation
import Report

/// A sweep as files: a table of Markdown, and for each axis a plot of time, of memory and of the share of the roof.
struct SweepFiles {
  /// Contents by name.
  let contents: [(name: String, text: String)]

  init(_ report: SweepReport) {
    var contents = [("sweep.md", report.table.markdown + "\n")]
    for axis in SweepAxis.allCases {
      let points = report.points.filter { $0.axis == axis }
      guard points.count > 1 else { continue }
      func plot(_ name: String, _ label: String, _ y: (SweepReport.Point) -> Double) {
        let chart = ChartFile(
          yLabel: label, xLabel: axis.label, xIsLogarithmic: axis == .tokens,
          points: points.map { (Double($0.value), y($0)) })
        contents.append(("\(axis.rawValue)-\(name).svg", chart.svg))
      }
      plot("time", "seconds a step") { $0.step.secondsPerStep }
      plot("memory", "peak memory of tensors in GB") { Double($0.step.peakBytes) / 1e9 }
      plot("share", "share of bare products in %") { 100 * $0.step.shareOfRoof }
    }
    self.contents = contents
  }

  /// Writes all files into a folder, which is made if it is not there.
  func write(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in contents {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
      }
    } catch {
      throw Failure(.cannotCreate, "\(folder) cannot be written; choose another folder for --output.")
    }
  }
}
