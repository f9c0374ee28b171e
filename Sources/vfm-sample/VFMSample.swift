import ArgumentParser
import Clips
import Commands
import Evaluation
import Foundation
import Report
import Sampling
import Tensors
import Training
import Video

/// Samples a clip of a prompt.
@main
struct VFMSample: ParsableCommand {
  static func main() { mainOrServe() }

  static let configuration = CommandConfiguration(
    commandName: "vfm-sample", abstract: "Sample a clip of a prompt from a trained checkpoint.",
    discussion: """
      The averaged weights are used. The same options and seed give the same clip. Exit codes are those of vfm-train.
      """)

  @Option(help: "A checkpoint, or a run's folder for its newest one.", completion: .file(extensions: ["h5"]))
  var checkpoint: String
  @Option(
    help: "The base of an adapter (default: where it lay in training, or beside the adapter).",
    completion: .file(extensions: ["h5"]))
  var base: String?
  @Option(help: "What the clip should show; repeat for several clips.")
  var prompt: [String]
  @Option(
    help: """
      The clip (.mp4, .webm, .gif, or .mkv: lossless), a contact sheet of all clips (.png), or a folder (clips/) for a clip \
      a prompt and the sheet.
      """,
    completion: .file())
  var output: String
  @Option(help: "Steps from noise to clip (default: the recipe's samples.steps, else 30).")
  var steps: Int?
  @Option(
    help: """
      How far to follow the prompt beyond the plain prediction; 1 for no guidance (default: the recipe's samples.guidance, \
      else 4).
      """)
  var guidance: Double?
  @Option(help: "Seed of the noise.")
  var seed: UInt64 = 0
  @Option(help: "Frames (default: as trained); whole patches, or 4n + 1 behind an autoencoder.")
  var frames: Int?
  @Option(help: "Height in pixels (default: as trained).")
  var height: Int?
  @Option(help: "Width in pixels (default: as trained).")
  var width: Int?
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @OptionGroup var isolation: IsolateOption

  func validate() throws {
    if steps ?? 1 < 1 { throw ValidationError("--steps must be at least 1.") }
    if prompt.isEmpty { throw ValidationError("give at least one --prompt.") }
    if let guidance, !(0...100).contains(guidance) {
      throw ValidationError("--guidance must be a number from 0 to 100.")
    }
    if VideoFormat(path: output) == nil && !isSheet && !isFolder {
      throw ValidationError(
        "--output must end in one of \(VideoFormat.endings) (a clip), .png (a contact sheet) or / (a folder)."
      )
    }
    if !isSheet && !isFolder && prompt.count > 1 {
      throw ValidationError(
        "several prompts need a folder (an --output that ends in /) or a contact sheet (.png).")
    }
  }

  private var isFolder: Bool {
    var isFolder: ObjCBool = false
    return output.hasSuffix("/")
      || FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) && isFolder.boolValue
  }

  private var isSheet: Bool { output.lowercased().hasSuffix(".png") }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      if isFolder {
        try OutputFile.checkFolder(output, "--output")
      } else {
        try OutputFile.check(output, "--output")
      }
      let model = try Inputs.model(checkpoint, base: base, isolate: isolation.isOn)
      guard let sampler = model.subject.sampler else {
        throw Failure(
          .unfitInput,
          "\(model.path) is of task.kind \"\(model.blueprint.recipe.kind.rawValue)\", which samples no clips."
        )
      }
      let shape = model.blueprint.clipShape
      let size = try checkedSize(shape, sampler)
      try checkFrameRate(shape.frameRate, isFolder ? format(model) : VideoFormat(path: output))
      if let note = sampler.cut(prompt)?.note("prompts") { standardError("note: \(note)\n") }
      let own = model.blueprint.recipe.task.samples?.settings ?? SamplerSettings()
      let settings = SamplerSettings(
        steps: steps ?? own.steps, guidance: guidance ?? own.guidance, seed: seed)
      let samples = SampledClips(sampler, settings)
      try requireMemory(for: samples, size)
      for word in Set(prompt.flatMap(sampler.unknownWords)).sorted() {
        standardError("note: the model has never seen the word \"\(word)\"\n")
      }
      let progress = PercentLine("sampling")
      let clips = samples.pictures(of: wishes, size: size) { share in
        progress.show(share)
        return true
      }
      progress.close()
      if isFolder {
        try SampleWriter.write(clips, of: prompt, format(model), frameRate: shape.frameRate, to: output)
      } else if isSheet {
        try writePNG(ContactSheet.picture(rows: clips, captions: prompt), to: output)
      } else {
        try SampleWriter.write(clips[0], to: output, frameRate: shape.frameRate)
      }
      try printResult(output)
    }
  }

  private var wishes: [Wish] { prompt.map(Wish.init(prompt:)) }

  /// Refuses sizes that do not fit in memory, before any of it is taken.
  private func requireMemory(for samples: SampledClips, _ size: SampleSize) throws {
    let memory = Int(ProcessInfo.processInfo.physicalMemory)
    var (bytes, overflows) = (MemoryLayout<Float>.size * 3, false)
    for factor in [size.frames, size.height, size.width, prompt.count] {
      let product = bytes.multipliedReportingOverflow(by: factor)
      (bytes, overflows) = (product.partialValue, overflows || product.overflow)
    }
    // A rehearsal takes memory for each token, so what is far too large is not rehearsed.
    let needed =
      overflows || bytes > memory ? nil : Plan.rehearse { samples.rehearse(wishes, size: size) }.peakBytes
    guard let needed, needed <= memory else {
      throw Failure(
        .usage,
        "Clips of \(size.frames) frames of \(size.width)x\(size.height) need "
          + (needed.map { "about \(inWords(bytes: $0)) of memory" } ?? "far more memory")
          + ", and this machine has \(inWords(bytes: memory)): give smaller --frames, --height or --width.")
    }
  }

  /// In what clips are written into a folder.
  private func format(_ model: LoadedModel) -> VideoFormat {
    model.blueprint.recipe.task.samples?.format ?? .mp4
  }

  /// Refuses a file that could not show the model's frames in time, before they are sampled.
  private func checkFrameRate(_ rate: Double, _ format: VideoFormat?) throws {
    guard let format, rate > format.mostPicturesASecond else { return }
    throw Failure(
      .usage,
      "A .\(format.rawValue) file shows at most \(Int(format.mostPicturesASecond)) frames per second, but the "
        + "model's clips have \(rate); choose another ending for --output.")
  }

  /// The wanted size, which the patch must divide.
  private func checkedSize(_ shape: ClipShape, _ sampler: any Sampler) throws -> SampleSize {
    let (unit, remainder) = (sampler.sizeUnit, sampler.frameRemainder % sampler.sizeUnit.frames)
    let size = SampleSize(
      frames: frames ?? shape.frames, height: height ?? shape.height, width: width ?? shape.width)
    guard size.frames > 0, size.frames % unit.frames == remainder else {
      throw Failure(
        .usage,
        remainder == 0
          ? "--frames \(size.frames) must be a positive multiple of the model's patch, \(unit.frames)."
          : "--frames \(size.frames) must be \(remainder) more than a multiple of \(unit.frames): the first frame has a latent of its own."
      )
    }
    for (name, value, part) in [
      ("height", size.height, unit.height),
      ("width", size.width, unit.width),
    ] where value < 1 || value % part != 0 {
      throw Failure(.usage, "--\(name) \(value) must be a positive multiple of the model's patch, \(part).")
    }
    return size
  }
}
