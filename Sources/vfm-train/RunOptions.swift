import ArgumentParser
import Commands
import Foundation

/// What pretrain and finetune have in common.
struct RunOptions: ParsableArguments {
  @Option(help: "The run's folder (default: in Checkpoints/, by the recipe's name).", completion: .directory)
  var output: String?
  @Option(name: .customLong("set"), help: "Set a recipe's key, as in training.steps=2000; may be repeated.")
  var settings: [String] = []
  @OptionGroup var isolation: IsolateOption
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Option(help: "Save and stop, with exit code 75, once this many steps are done.")
  var stopAfter: Int?
  @Option(
    help: ArgumentHelp(
      "Save and stop, with exit code 75, before so much time is over (90s, 15m, 3h, 1h30m).",
      valueName: "time"))
  var maxTime: TimeLimit.Text?
  @Option(
    help: ArgumentHelp(
      """
      End with exit code 70 when nothing happens for so long and the time to save (default: ten times the usual step, a \
      minute, or what a clip may take, whichever is longest).
      """, valueName: "time"))
  var hangLimit: TimeLimit.Text?
  @Option(
    help: ArgumentHelp(
      "End all ranks when one of them gives no sign of life for so long: it is stopped, or its machine is gone (at least 2s; default: 7s).",
      valueName: "time"))
  var silenceLimit: TimeLimit.Text?
  @Option(help: "With --plan: how many ranks the run is to have.")
  var ranks: Int?
  @Flag(
    help:
      "Print what the run will cost, memory and time included, and train nothing; takes about ten seconds.")
  var plan = false
  @Flag(help: "Print the plan, or the run's result, as one JSON object on standard output.")
  var json = false

  func validate() throws {
    if let stopAfter, stopAfter < 1 { throw ValidationError("--stop-after must be at least 1.") }
    if let silenceLimit, silenceLimit.seconds < 2 {
      throw ValidationError("--silence-limit must be at least 2s: signs of life come every half second.")
    }
    if let ranks, ranks < 1 || !plan {
      throw ValidationError(
        plan
          ? "--ranks must be at least 1."
          : "--ranks says for how many ranks to plan, with --plan; to train on several, start the command with mpirun -np."
      )
    }
  }

  /// What is set of the recipe's keys.
  var overrides: [String] { isolation.overrides(settings) }

  /// Whether a base whose recipe is not known yet is read in a process of its own: as the options say it of clips, in whatever
  /// form (`data.limits.isolate=true`, `data.limits={"isolate": true}`).
  var isolate: Bool { isolation.isOn || settings.contains { $0.contains("isolate") && $0.contains("true") } }

  /// The command that was given without `--stop-after`.
  var commandToGoOn: String {
    var words = CommandLine.arguments
    if let place = words.firstIndex(of: "--stop-after") {
      words.removeSubrange(place...min(place + 1, words.count - 1))
    }
    return words.filter { !$0.hasPrefix("--stop-after=") }.map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell takes it for one.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      "+,-./:=@_%".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
    return plain && !word.isEmpty ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
  }
}
