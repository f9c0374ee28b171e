import Foundation
import Video

/// The samples of one step: a folder `step-000500` with a contact sheet, a clip a prompt, and the prompts.
struct SampleSet {
  /// The step after which they were drawn.
  let step: Int
  private let folder: String

  /// All finished sets of a folder, the earliest first. One whose sheet is not there yet is left out.
  static func all(in folder: String) -> [SampleSet] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)) else { return nil }
      let set = SampleSet(step: step, folder: "\(folder)/\(name)")
      return FileManager.default.fileExists(atPath: set.folder + "/sheet.png") ? set : nil
    }.sorted { $0.step < $1.step }
  }

  /// The contact sheet, a PNG.
  var sheet: Data? { FileManager.default.contents(atPath: folder + "/sheet.png") }

  /// What was asked for.
  var prompts: [String] {
    let data = FileManager.default.contents(atPath: folder + "/prompts.json") ?? Data()
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }

  /// A clip as it lies in the folder.
  struct Clip: Equatable {
    /// Its place among the prompts.
    let index: Int
    /// Nil if the prompts are not known.
    let prompt: String?
    let format: VideoFormat
    let data: Data

    /// The prompt, or else its number.
    var caption: String { prompt ?? "prompt \(index)" }
  }

  /// The clips, in any format that clips are written in, each with its prompt if that is known.
  var clips: [Clip] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let prompts = prompts
    return names.sorted().compactMap { name in
      guard name.hasPrefix("prompt-"), let format = VideoFormat(path: name),
        let index = Int(name.dropFirst(7).dropLast(format.rawValue.count + 1)),
        let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
      else { return nil }
      return Clip(
        index: index, prompt: prompts.indices.contains(index) ? prompts[index] : nil, format: format,
        data: data)
    }
  }
}
