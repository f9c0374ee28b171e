import Foundation
import Tensors

/// On what, when and with which library figures were measured.
struct Machine: Encodable, CustomStringConvertible {
  let processor: String
  let cores: Int
  let threads: Int
  /// OpenBLAS's version and kernels.
  let openBLAS: String
  let date: String

  init() {
    processor = Self.processorName ?? "unknown processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    threads = Parallel.threads
    openBLAS = "\(OpenBLAS.version) (\(OpenBLAS.kernels))"
    date = Date.now.formatted(.iso8601)
  }

  private static var processorName: String? {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
    return lines?.first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  var description: String { "\(processor), \(cores) cores, \(threads) threads; \(openBLAS); \(date)" }
}
