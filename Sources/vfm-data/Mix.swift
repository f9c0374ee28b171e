import ArgumentParser
import Commands
import Files
import Foundation
import Manifests

/// Writes one manifest of the clips of several: new clips and some old ones, say, so that a fine-tuned model does not forget.
struct Mix: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one manifest of clips of several, as many of each as wanted.",
    discussion: """
      Clips that a base was trained on, mixed into the new ones, keep a fine-tuned model from forgetting them. Nothing is \
      copied: the manifest names the clips where they lie, so it must be written to a folder that holds them all. For \
      example: vfm-data mix Datasets/mixed.jsonl Datasets/narrow/train.jsonl Datasets/quickstart/train.jsonl=300. To try \
      what a few labelled clips give: vfm-data mix Datasets/few.jsonl Datasets/understanding/train.jsonl=20/label
      """)

  @Argument(help: "The manifest to write (.jsonl).", completion: .file(extensions: ["jsonl"]))
  var output: String
  @Argument(
    help: """
      Manifests, in any layout that docs/data.md lists; =N behind one takes N clips from all over it, =N/label N of each \
      label, =N/NAME N of each value of the attribute NAME.
      """)
  var manifests: [String]

  func run() throws {
    try reportingFailures {
      try OutputFile.check(output, "the manifest", endings: [".jsonl"])
      let folder = URL(fileURLWithPath: output).deletingLastPathComponent().resolvingSymlinksInPath().path
      var lines = Data()
      var counts: [String] = []
      for argument in manifests {
        let share = try ManifestShare(argument)
        if FileIdentity.isOneFile(share.path, output) {
          throw Failure(.usage, "\(output) is one of the manifests to mix; give the new one another name.")
        }
        let manifest = try Manifest.load(share.path, split: "train", captions: false)
        let places = try share.places(in: manifest)
        for place in places {
          lines += try Self.line(of: manifest[place], in: folder) + Data("\n".utf8)
        }
        counts.append("\(places.count) of \(share.path)")
      }
      do throws(Disk.Failure) {
        try WholeFile.replace(output, with: Array(lines))
      } catch {
        throw Failure(
          error.isFull ? .inputOutput : .cannotCreate,
          "Cannot write \(output): \(error.reason); name a file in a folder that you may write to.")
      }
      try printResult("\(output): \(counts.joined(separator: ", "))")
    }
  }

  /// A clip as a line of JSON, its path as seen from the folder of the new manifest.
  private static func line(of entry: ClipEntry, in folder: String) throws -> Data {
    guard entry.file.member == nil else {
      throw Failure(.unfitInput, "\(entry.path) lies in an archive; mix manifests of plain files.")
    }
    let path = URL(fileURLWithPath: entry.file.path).resolvingSymlinksInPath().path
    let start = folder.hasSuffix("/") ? folder : folder + "/"
    guard path.hasPrefix(start) else {
      throw Failure(
        .unfitInput,
        "\(path) does not lie in \(folder); write the manifest to a folder that holds all of the clips.")
    }
    var object: [String: Any] = ["path": String(path.dropFirst(start.count)), "caption": entry.caption]
    object["label"] = entry.label
    object["start"] = entry.start
    object["end"] = entry.end
    if !entry.attributes.isEmpty { object["attributes"] = entry.attributes }
    return try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
  }
}
