import ArgumentParser
import Commands
import Foundation

/// Times the reading of random samples of clips.
struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Time the reading of random samples: frames at a rate from a random time, scaled and cropped.",
    discussion:
      "Cold opens each clip as if for the first time; warm has read each clip's times once before (ClipTiming)."
  )

  @Argument(help: "Folders of clips, or manifests (.csv, .jsonl).") var clips: [String] = []
  @Option(help: "Samples of a measurement.") var samples = 1000
  @Option(help: "Frames of a sample.") var frames = 16
  @Option(help: "Frames a second of a sample.") var frameRate = 8.0
  @Option(help: "Width and height of the pictures.") var size = 128
  @Option(help: "Draws other samples.") var seed: UInt64 = 0
  @Option(parsing: .upToNextOption, help: "Numbers of threads to measure with.") var threads = [1, 2]
  @Option(help: "Write the samples to a JSON file, and read none.") var samplesOut: String?
  @Option(help: "Read the samples from such a file.") var samplesIn: String?
  @Flag(
    help: "Read each sample once; print as JSON which clips cannot be read, and a hash of all pictures.")
  var check = false
  @Option(help: "Read this many samples and print the memory in between, in place of times.") var soak: Int?
  @Flag(help: "Read in processes of their own (docs/SECURITY.md); cold and warm are one then.") var isolate =
    false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if clips.isEmpty == (samplesIn == nil) {
      throw ValidationError("Name clips, or samples with --samples-in, and not both.")
    }
    if isolate && check { throw ValidationError("--check reads in this process; leave out --isolate.") }
    if samples < 1 || frames < 1 || !(frameRate > 0) || size < 1 || threads.contains(where: { $0 < 1 })
      || (soak ?? 1) < 1
    {
      throw ValidationError(
        "--samples, --frames, --frame-rate, --size, --threads and --soak must be above zero.")
    }
  }

  func run() throws {
    try reportingFailures {
      let list =
        try samplesIn.map(DecodeSamples.init(reading:))
        ?? DecodeSamples(
          clips, count: samples, frames: frames, frameRate: frameRate, size: size, seed: seed)
      if let samplesOut { return try list.write(to: samplesOut) }
      if check { return try printJSON(DecodeCheck(list)) }
      let bench = try DecodeBench(list, isolate: isolate)
      if let soak { return try report(bench.soak(soak, threads: threads.max() ?? 1)) }
      var figures: [(String, Double)] = [
        ("clips", Double(bench.clips)), ("samples", Double(list.samples.count)),
      ]
      for threads in threads {
        for (name, isWarm) in [("cold\(threads)", false), ("warm\(threads)", true)] {
          let (rate, milliseconds) = try bench.measure(threads: threads, isWarm: isWarm)
          figures += [(name, rate), ("\(name)ProcessorMilliseconds", milliseconds)]
        }
      }
      figures.append(("residentBytes", Double(ProcessMemory.resident)))
      try report(figures)
    }
  }

  private func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  private func report(_ figures: [(String, Double)]) throws {
    if json {
      let data = try JSONSerialization.data(
        withJSONObject: Dictionary(uniqueKeysWithValues: figures), options: [.sortedKeys, .prettyPrinted])
      print(String(decoding: data, as: UTF8.self))
    } else {
      for (name, value) in figures {
        let isCount = value == value.rounded()
        print("\(name): \(isCount ? "\(Int(value))" : String(format: "%.1f", value))")
      }
    }
  }
}
