import Foundation

/// What this process holds of the machine's memory, in megabytes (2²⁰ bytes), as Linux counts it.
package enum ProcessMemory {
  /// Now.
  package static var resident: Double { value("VmRSS") }
  /// At most, since the start.
  package static var peak: Double { value("VmHWM") }

  private static func value(_ key: String) -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    let kilobytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap {
      Double($0)
    }
    return (kilobytes ?? 0) / 1024
  }
}
