import Files

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

  /// What fine-tuning has done, told from the files alone; nil for a run without a base, and where nothing was measured
  /// after its first step.
  public var finetuning: FinetuneSummary? { record.finetuning }

  /// The page.
  public var html: String { ReportPage(record).html }

  /// Writes `report.html` into the folder. An earlier page is replaced only when the new one is whole.
  /// - Returns: the page's path.
  /// - Throws: `RunReportError.unwritable`.
  public func write() throws -> String {
    let path = folder + "/report.html"
    do {
      try WholeFile.replace(path, with: [UInt8](html.utf8))
    } catch {
      throw RunReportError.unwritable(path, reason: error.words)
    }
    return path
  }
}
