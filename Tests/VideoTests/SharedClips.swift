import Foundation
import Testing

/// Real clips from other projects, where they are at hand: the folder `clips` in the folder that the environment
/// variable `VFM_SHARED` names, or else in a folder `shared` beside the package.
enum SharedClips {
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["VFM_SHARED"].map { URL(filePath: $0) }
    let beside = URL(filePath: #filePath).appending(path: "../../../../shared").standardized
    let clips = (named ?? beside).appending(path: "clips")
    return FileManager.default.fileExists(atPath: clips.appending(path: "facts.csv").path) ? clips : nil
  }()

  static var areHere: Bool { folder != nil }

  static func path(_ name: String) -> String { folder!.appending(path: name).path }

  /// One line of `facts.csv`.
  struct Facts: CustomTestStringConvertible, Sendable {
    var file: String
    /// Frames that the ffmpeg command decodes; nil when it decodes none.
    var decodedFrames: Int?
    var codec: String
    /// Frames that the container claims.
    var storedFrames: Int?
    var testDescription: String { file }
  }

  /// All lines, empty without the clips.
  static let facts: [Facts] = {
    guard let folder, let text = try? String(contentsOf: folder.appending(path: "facts.csv"), encoding: .utf8)
    else { return [] }
    let rows = table(text)
    func column(_ name: String) -> Int { rows[0].firstIndex(of: name)! }
    let (file, decoded, codec, stored) = (
      column("file"), column("decoded_frames"), column("codec"), column("container_frames")
    )
    return rows.dropFirst().map {
      Facts(
        file: $0[file], decodedFrames: Int($0[decoded]), codec: $0[codec], storedFrames: Int($0[stored]))
    }
  }()

  /// The cells of a CSV text with quotes.
  private static func table(_ text: String) -> [[String]] {
    var rows: [[String]] = [[""]]
    var isQuoted = false
    for character in text {
      switch (character, isQuoted) {
      case ("\"", _): isQuoted.toggle()
      case (",", false): rows[rows.count - 1].append("")
      case ("\n", false), ("\r\n", false): rows.append([""])
      default: rows[rows.count - 1][rows[rows.count - 1].count - 1].append(character)
      }
    }
    return rows.filter { $0.count > 1 }
  }
}
