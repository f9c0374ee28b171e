import Foundation

/// The files and sockets that a probe asked the kernel for while it read clips.
struct SystemTrace {
  /// Paths, but for the process's own descriptors.
  private(set) var opened: Set<String> = []
  /// Whole lines.
  private(set) var sockets: [String] = []

  /// What runs a program so that its calls are written to a file.
  static func command(to path: String) -> [String] {
    [
      "strace", "-f", "-e", "trace=open,openat,openat2,access,faccessat,faccessat2,%network,execve", "-o",
      path,
    ]
  }

  /// Whether programs can be traced here.
  static let isThere: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command(to: "/dev/null") + ["true"]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// Reads a trace; what lies before, between and after the marks of the probe is left out.
  init(path: String) throws {
    var isReading = false
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      if line.contains("/clip-probe-begins") {
        isReading = true
      } else if line.contains("/clip-probe-ends") {
        isReading = false
      } else if isReading {
        note(line)
      }
    }
  }

  private mutating func note(_ line: Substring) {
    let call = line.drop { !$0.isLetter }
    if call.hasPrefix("open") || call.hasPrefix("access") || call.hasPrefix("faccess")
      || call.hasPrefix("exec")
    {
      let parts = call.split(separator: "\"", omittingEmptySubsequences: false)
      if parts.count > 1, !parts[1].hasPrefix("/proc/self/fd/") { opened.insert(String(parts[1])) }
    } else if call.contains("(") {
      sockets.append(String(call))
    }
  }
}
