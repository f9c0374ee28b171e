import Foundation
import Synchronization
import Video

/// Draws, words and encodes all clips of a set into a folder, and writes its manifests.
struct SyntheticWriter: Sendable {
  let folder: String
  let settings: SyntheticSettings
  private let sampler: SceneSampler
  private let renderer: Renderer

  init(folder: String, settings: SyntheticSettings) {
    self.folder = folder
    self.settings = settings
    sampler = SceneSampler(level: settings.level, seed: settings.seed)
    renderer = Renderer(width: settings.width, height: settings.height)
  }

  /// What one line of a manifest says of a clip.
  private struct Line: Codable {
    var path: String
    var caption: String
    var label: String
    var split: String
    var attributes: [String: String]
  }

  private struct State {
    var next = 0
    var written = 0
    var lines: [Int: Line] = [:]
    var failure: (any Error)?
  }

  /// The work that threads share.
  private final class Work: Sendable {
    let state = Mutex(State())
  }

  func write(threads: Int, progress: @escaping @Sendable (Int) -> Void) throws {
    let work = Work()
    let group = DispatchGroup()
    for _ in 0..<max(1, threads) {
      group.enter()
      Thread { [self] in
        while let clip = claim(work) { make(clip, work, progress) }
        group.leave()
      }.start()
    }
    group.wait()
    let lines = try work.state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.lines
    }
    try writeManifests(lines)
    try Data(readme.utf8).write(to: URL(fileURLWithPath: folder + "/README.txt"))
  }

  private func claim(_ work: Work) -> Int? {
    work.state.withLock { state in
      guard state.failure == nil, state.next < settings.clips else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func make(_ clip: Int, _ work: Work, _ progress: (Int) -> Void) {
    let result = Result { try encode(clip) }
    work.state.withLock { state in
      switch result {
      case .success(let line):
        state.lines[clip] = line
        state.written += 1
        progress(state.written)
      case .failure(let error): state.failure = state.failure ?? error
      }
    }
  }

  /// Which split a clip belongs to: train first, then validation, then test.
  private func split(of clip: Int) -> String {
    let counts = settings.counts
    return clip < counts.train ? "train" : clip < counts.train + counts.validation ? "validation" : "test"
  }

  private func encode(_ clip: Int) throws -> Line {
    let split = split(of: clip)
    var (scene, stream) = sampler.scene(clip: clip, heldOut: split == "test")
    let caption = Captions.caption(of: scene, using: &stream)
    let name = "clips/" + String(format: "%06d", clip) + ".mp4"
    let writer = try VideoWriter(
      path: "\(folder)/\(name)", width: settings.width, height: settings.height,
      frameRate: settings.frameRate, codec: .h264(crf: settings.crf))
    for picture in renderer.pictures(of: scene, frames: settings.frames) { try writer.append(picture) }
    try writer.finish()
    return Line(
      path: name, caption: caption, label: scene.objects[0].combination.motion.rawValue, split: split,
      attributes: scene.attributes)
  }

  private func writeManifests(_ lines: [Int: Line]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for split in ["train", "validation", "test"] {
      var text = Data()
      for clip in 0..<settings.clips where lines[clip]!.split == split {
        text += try encoder.encode(lines[clip]!) + Data("\n".utf8)
      }
      try text.write(to: URL(fileURLWithPath: "\(folder)/\(split).jsonl"))
    }
  }

  private var readme: String {
    let counts = settings.counts
    return """
      \(settings.clips) captioned clips of moving shapes (level \(settings.level.rawValue), seed \(settings.seed)):
      \(settings.width) x \(settings.height) pixels, \(settings.frames) frames at \(settings.frameRate) per second, H.264.
      They are drawn by a program; nobody holds rights in them.

        train.jsonl       \(counts.train) clips
        validation.jsonl  \(counts.validation) clips: the same combinations of colour, shape and motion, drawn anew
        test.jsonl        \(counts.test) clips: only combinations that the other two never show
        settings.json     what the set was made from; the same settings give the same files

      """
  }
}

extension Scene {
  /// The properties that captions speak of, by name; those of a second object end in 2.
  public var attributes: [String: String] {
    var attributes = ["ground": ground.kind.rawValue, "camera": camera.kind.rawValue]
    for (index, object) in objects.enumerated() {
      let suffix = index == 0 ? "" : "\(index + 1)"
      attributes["colour" + suffix] = object.combination.colour.rawValue
      attributes["shape" + suffix] = object.combination.shape.rawValue
      attributes["motion" + suffix] = object.combination.motion.rawValue
      attributes["size" + suffix] = object.size.rawValue
    }
    return attributes
  }
}
