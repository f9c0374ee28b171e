import Files

/// Reads of a clip, and tries again after a pause while the machine is in trouble.
/// - Throws: `VideoError` where the clip is at fault, `MachineError` when the trouble lasts.
package func readingPatiently<Result>(_ body: () throws(VideoError) -> Result) throws -> Result {
  try patiently {
    do throws(VideoError) {
      return try body()
    } catch {
      throw error.cause
    }
  }
}
