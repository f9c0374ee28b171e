import ArgumentParser
import Commands
import Features
import Fields
import Foundation
import Report
import Video

/// Searches features.
struct NearestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearest",
    abstract: "Search features of clips: what is like a clip, or how well classes lie together.",
    discussion: """
      With --clip it lists the clips whose vectors are nearest to that one's, by the cosine of the angle between them. \
      Without, it asks for every clip with a label whether its nearest others have the same label: recall at 1, 5 and 10, \
      each with its range of 95 %.
      """)

  @Argument(
    help: "Files of features, such as the shards of a list.",
    completion: .file(extensions: ["h5", "safetensors"]))
  var files: [String]
  @Option(
    parsing: .upToNextOption, help: "Files of features to search instead of the same ones.",
    completion: .file(extensions: ["h5", "safetensors"]))
  var against: [String] = []
  @Option(help: "The clip to find others like, by its name in the manifest.")
  var clip: String?
  @Option(help: "Where its piece begins, in seconds, for lists that have several pieces of it.")
  var start: Double?
  @Option(help: "How many clips to list.")
  var count = 10
  @Option(
    help: "Write the clip and those found as a contact sheet (.png).", completion: .file(extensions: ["png"]))
  var sheet: String?
  @Option(help: "Where the clips of the sheet are listed (default: the manifests that the features are of).")
  var manifest: String?
  @Option(
    help: "The folder that the clips must lie in (default: the manifest's own).", completion: .directory)
  var root: String?
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Flag(help: "Print one JSON object.")
  var json = false
  @OptionGroup var isolation: IsolateOption

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1.") }
    if clip == nil {
      for (isGiven, option) in [(start != nil, "--start"), (sheet != nil, "--sheet")] where isGiven {
        throw ValidationError("\(option) is about one clip; name it with --clip.")
      }
    }
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      if let sheet { try OutputFile.check(sheet, "--sheet", endings: [".png"]) }
      let set = try FeatureSet(files)
      let gallery = against.isEmpty ? nil : try FeatureSet(against)
      guard let clip else {
        let retrieval = try Retrieval(set, gallery: gallery)
        for note in retrieval.notes { standardError("note: \(note)\n") }
        return try printResult(
          try json ? RetrievalJSON(retrieval, set.identity).text() : retrieval.text(set.identity))
      }
      try gallery.map(set.requireSame)
      let query = try place(of: clip, in: set)
      let searched = gallery ?? set
      let matches = NearestVectors(searched).nearest(to: set, [query], count: count) {
        gallery == nil && $0 == $1
      }[0]
      let result = NearestResult(query: set.clips[query], matches: matches, gallery: searched)
      try printResult(try json ? result.json() : result.text)
      guard let sheet else { return }
      let limits = DecodeLimits.standard.isolated(isolation)
      try limits.requireIsolation()
      let pictures = ListedPictures(
        shape: set.identity.clipShape, manifest: manifest, root: root, limits: limits)
      let rows =
        [try pictures.frames(of: set.clips[query], in: set.manifests[query])]
        + (try matches.map {
          try pictures.frames(of: searched.clips[$0.place], in: searched.manifests[$0.place])
        })
      try writePNG(ContactSheet.picture(rows: rows, captions: result.captions), to: sheet)
    }
  }

  /// The place of the clip of a name.
  private func place(of name: String, in set: FeatureSet) throws -> Int {
    let named = set.clips.indices.filter { set.clips[$0].name == name }
    guard !named.isEmpty else {
      let near = Spelling.nearest(to: name, among: set.clips.map(\.name))
      throw Failure(
        .unfitInput,
        "There is no clip \(name) in \(files.joined(separator: ", ")); "
          + (near.map { "did you mean \($0)?" }
            ?? "name one as its manifest does, such as \(set.clips[0].name)."))
    }
    let chosen = start.map { start in named.filter { (set.clips[$0].start ?? 0) == start } } ?? named
    guard chosen.count == 1 else {
      // Equal pieces are one clip, listed several times.
      func piece(_ place: Int) -> [Double?] { [set.clips[place].start, set.clips[place].end] }
      if let first = chosen.first, chosen.allSatisfy({ piece($0) == piece(first) }) { return first }
      let starts = named.prefix(10).map { "\(set.clips[$0].start ?? 0)" }.joined(separator: ", ")
      throw Failure(
        .unfitInput,
        "\(name) has \(named.count) \(named.count == 1 ? "piece" : "pieces") in \(files.joined(separator: ", ")), which "
          + "\(named.count == 1 ? "begins" : "begin") at \(starts)\(named.count > 10 ? " …" : "") s; name one with --start."
      )
    }
    return chosen[0]
  }
}
