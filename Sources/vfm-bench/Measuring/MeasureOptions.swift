import ArgumentParser
import Commands

/// How often, with how many threads, and how the result is printed.
struct MeasureOptions: ParsableArguments {
  @Option(help: "Timed rounds; the median is printed, and the least and the most beside it.")
  var repeats: Int?
  @Option(help: "Threads that compute (default: all cores).") var threads: Int?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if (repeats ?? 1) < 1 || (threads ?? 1) < 1 {
      throw ValidationError("--repeats and --threads must be at least 1.")
    }
  }
}

/// A command that makes one report.
protocol BenchCommand: ParsableCommand {
  associatedtype Report: BenchReport
  /// Timed rounds unless the user gives a number.
  static var rounds: Int { get }
  var measure: MeasureOptions { get }
  func report(rounds: Int) throws -> Report
}

extension BenchCommand {
  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(measure.threads)
      try report(rounds: measure.repeats ?? Self.rounds).print(json: measure.json)
    }
  }
}
