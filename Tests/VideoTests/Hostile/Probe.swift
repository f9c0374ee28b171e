import Foundation
import TestPrograms

/// What `clip-probe`, a program that lies beside the tests, tells of clips.
enum Probe {
  struct Outcome: Decodable {
    let path: String
    let frames: Int
    let words: String?
    /// Megabytes.
    let growth: Double
  }

  static var program: String { TestProgram.path("clip-probe") }

  /// Reads clips, each before the next, in one process.
  /// - Parameter tracer: a command that runs the probe, with its arguments.
  static func read(
    _ paths: [String], options: [String] = [], in folder: String? = nil, tracer: [String] = []
  ) throws -> (outcomes: [Outcome], code: Int32) {
    let command = tracer + [program] + options + paths
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let outcomes = try text.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Outcome.self, from: $0)
    }
    return (outcomes, process.terminationStatus)
  }
}
