/// The layouts of clips and captions that can be read; each has a reader of its own.
public enum Layout: String, Sendable, CaseIterable, Codable {
  /// CSV with a header that names `path` and `caption`.
  case csv
  /// One JSON object a line with `path` and `caption`.
  case jsonLines
  /// A JSON list of objects with `path` and `caption`.
  case jsonList
  /// A folder of clips with captions in `.txt` files beside them.
  case captionFiles
  /// A folder with a folder of clips for each class.
  case classFolders
  /// Lines of a path, a space, and a class.
  case pathLabelList
  /// The lists of UCF-101, with `classInd.txt` beside them.
  case ucf101
  /// The official CSV of Kinetics.
  case kinetics
  /// The JSON of Something-Something.
  case somethingSomething
  /// WebDataset: tar archives whose members share a name.
  case webDataset
  /// Hugging Face's VideoFolder: a folder with `metadata.csv` or `metadata.jsonl`.
  case videoFolder
  /// A folder with `videos.txt` and `prompts.txt`.
  case promptFiles

  /// What the layout is called in messages.
  public var name: String {
    switch self {
    case .csv: "CSV with a header"
    case .jsonLines: "JSON Lines"
    case .jsonList: "a JSON list"
    case .captionFiles: "a folder of clips with caption files"
    case .classFolders: "a folder of class folders"
    case .pathLabelList: "a list of paths and classes"
    case .ucf101: "a UCF-101 list"
    case .kinetics: "the official Kinetics CSV"
    case .somethingSomething: "Something-Something JSON"
    case .webDataset: "WebDataset archives"
    case .videoFolder: "a VideoFolder"
    case .promptFiles: "a folder with videos.txt and prompts.txt"
    }
  }

  /// Reads a manifest of this layout; what is wrong with it goes into the draft.
  func read(_ source: ManifestSource, into draft: inout ManifestDraft) {
    switch self {
    case .csv: draft.readCSV(source)
    case .jsonLines: draft.readJSONLines(source)
    case .jsonList: draft.readJSONList(source)
    case .captionFiles: draft.readCaptionFiles(source)
    case .classFolders: draft.readClassFolders(source)
    case .pathLabelList: draft.readPathLabelList(source)
    case .ucf101: draft.readUCF101(source)
    case .kinetics: draft.readKinetics(source)
    case .somethingSomething: draft.readSomethingSomething(source)
    case .webDataset: draft.readWebDataset(source)
    case .videoFolder: draft.readVideoFolder(source)
    case .promptFiles: draft.readPromptFiles(source)
    }
  }
}

/// Which layout a manifest is taken for, and what told so.
public struct LayoutFinding: Sendable, Equatable, CustomStringConvertible {
  /// The layout.
  public let layout: Layout
  /// What told so, as in "its name ends in .csv".
  public let reason: String

  /// "JSON Lines, because its name ends in .jsonl".
  public var description: String { "\(layout.name), because \(reason)" }
}
