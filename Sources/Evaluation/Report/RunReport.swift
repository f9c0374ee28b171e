import Foundation

/// A run on one page: its curves, its samples, its recipe. The page is a file of its own: it needs no network, no
/// scripts, and no other file beside it.
public struct RunReport {
  private let folder: String
  private let record: RunRecord

  /// Reads what a run has left in its output folder so far: `metrics.jsonl`, `recipe.json`, and if they are there
  /// `samples/step-…` and `quarantine.jsonl`. The run may be going on.
  /// - Throws: `RunReportError` that names the file.
  public init(folder: String) throws {
    self.folder = folder
    record = try RunRecord(folder: folder)
  }

  /// The page.
  public var html: String { ReportPage(record).html }

  /// Writes `report.html` into the folder. An earlier page is replaced only when the new one is whole.
  /// - Returns: the page's path.
  /// - Throws: `RunReportError.unwritable`.
  public func write() throws -> String {
    let path = folder + "/report.html", part = path + ".part"
    guard Self.write(html, to: part), rename(part, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(part)
      throw RunReportError.unwritable(path, reason: reason)
    }
    return path
  }

  /// Writes a new file; false, and the reason in `errno`, when not all of it is there.
  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    let bytes = [UInt8](text.utf8)
    let isWhole = fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0
    let problem = errno
    let isClosed = fclose(file) == 0
    if !isWhole { errno = problem }
    return isWhole && isClosed
  }
}
