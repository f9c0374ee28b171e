import Foundation

/// The folder of real clips that `VFM_SHARED` names, or `shared` beside the package; nil without either.
package let sharedClips: String? = {
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let beside = package.deletingLastPathComponent().appendingPathComponent("shared").path
  let folder = (ProcessInfo.processInfo.environment["VFM_SHARED"] ?? beside) + "/clips"
  return FileManager.default.fileExists(atPath: folder) ? folder : nil
}()
