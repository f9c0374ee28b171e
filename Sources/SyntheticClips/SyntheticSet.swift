import Files
import Foundation
import Video

/// The embedded set: captioned clips of moving shapes, drawn here and encoded as H.264 files, for trying things out
/// without any data of one's own.
public enum SyntheticSet {
  /// Writes a set, or finds that it is there already.
  ///
  /// The folder gets `clips/000000.mp4` and so on, `train.jsonl`, `validation.jsonl`, `test.jsonl`, `settings.json` and
  /// `README.txt`. All is written to a folder beside it, which is renamed at the end: a set that is there is whole.
  ///
  /// - Parameters:
  ///   - folder: a folder that does not exist or is empty, or holds a set of the same settings.
  ///   - threads: how many clips are drawn and encoded at a time; the files do not depend on it.
  ///   - progress: called now and then with the number of clips written, from any thread, never at the same time twice.
  /// - Throws: `SyntheticSetError`, or `VideoError` when a clip cannot be written.
  @discardableResult
  public static func write(
    to folder: String, _ settings: SyntheticSettings, threads: Int = 2,
    progress: @escaping @Sendable (_ written: Int) -> Void = { _ in }
  ) throws -> SyntheticCounts {
    if let problem = settings.problem { throw SyntheticSetError(folder: folder, reason: problem) }
    let target = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    if try isThere(target, settings) { return settings.counts }
    let part = target + ".part"
    do {
      try removeLeftOver(part)
      try FileManager.default.createDirectory(atPath: part + "/clips", withIntermediateDirectories: true)
      try settingsText(settings).write(to: URL(fileURLWithPath: part + "/" + settingsName))
      try SyntheticWriter(folder: part, settings: settings).write(threads: threads, progress: progress)
      // An empty folder in the way is replaced.
      if rename(part, target) != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    } catch let error as SyntheticSetError {
      throw error
    } catch {
      try? FileManager.default.removeItem(atPath: part)
      if error is VideoError { throw error }
      throw SyntheticSetError(
        folder: folder,
        reason: "\(plainWords(error)); check its permissions and the space left on the disk")
    }
    return settings.counts
  }

  private static let settingsName = "settings.json"

  private static func settingsText(_ settings: SyntheticSettings) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(settings) + Data("\n".utf8)
  }

  /// Whether the set is there; throws when something else is.
  private static func isThere(_ folder: String, _ settings: SyntheticSettings) throws -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return false }
    guard isFolder.boolValue else {
      throw SyntheticSetError(folder: folder, reason: "it is a file; name a new or empty folder")
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw SyntheticSetError(folder: folder, reason: "the folder cannot be read; check its permissions")
    }
    if names.isEmpty { return false }
    guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(settingsName)"),
      let found = try? JSONDecoder().decode(SyntheticSettings.self, from: bytes)
    else {
      throw SyntheticSetError(
        folder: folder, reason: "the folder holds other files; name a new or empty folder")
    }
    guard found == settings else {
      throw SyntheticSetError(
        folder: folder,
        reason: "it holds a set of other settings (\(found.difference(to: settings)));"
          + " name another folder, or remove this one")
    }
    return true
  }

  /// Removes what a run that was killed left behind, but nothing that is not ours.
  private static func removeLeftOver(_ part: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: part) else { return }
    guard names.allSatisfy({ $0 == "clips" }) || names.contains(settingsName) else {
      throw SyntheticSetError(
        folder: part, reason: "the folder is needed for writing but holds other files; move it away")
    }
    try FileManager.default.removeItem(atPath: part)
  }
}

extension SyntheticSettings {
  /// The settings that differ, as "seed 1 instead of 2".
  func difference(to wanted: SyntheticSettings) -> String {
    let pairs: [(String, Any, Any)] = [
      ("clips", clips, wanted.clips), ("seed", seed, wanted.seed), ("level", level, wanted.level),
      ("colours", words(catalogue.colours), words(wanted.catalogue.colours)),
      ("shapes", words(catalogue.shapes), words(wanted.catalogue.shapes)),
      ("width", width, wanted.width), ("height", height, wanted.height), ("frames", frames, wanted.frames),
      ("frame rate", frameRate, wanted.frameRate), ("crf", crf, wanted.crf),
      ("version", version, wanted.version),
    ]
    return pairs.filter { "\($0.1)" != "\($0.2)" }.map { "\($0.0) \($0.1) instead of \($0.2)" }
      .joined(separator: ", ")
  }

  private func words(_ names: [some RawRepresentable<String>]) -> String {
    names.map(\.rawValue).joined(separator: ",")
  }
}
