import Manifests
import SyntheticClips

/// A small embedded set in a folder of its own.
package struct SmallSet {
  /// The folder that it lies in.
  package let folder: TemporaryFolder
  /// What it is made of.
  package let settings: SyntheticSettings

  /// Renders it.
  package init(_ settings: SyntheticSettings) throws {
    folder = try TemporaryFolder()
    self.settings = settings
    try SyntheticSet.write(to: path, settings)
  }

  /// Its path.
  package var path: String { folder.path + "/set" }

  /// One of its manifests.
  package func manifest(_ split: String = "train") throws -> Manifest {
    try Manifest.load("\(path)/\(split).jsonl")
  }
}
