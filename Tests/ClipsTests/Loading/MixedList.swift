import Manifests
import SyntheticClips
import TestClips

/// A manifest of good clips with files behind them that are no clips, and the folder that they lie in.
func mixed(good: Int, bad: Int) throws -> (SmallSet, Manifest) {
  let set = try SmallSet(SyntheticSettings(clips: 10, width: 32, height: 32))
  var lines = ["path,caption"]
  for clip in 0..<good { lines.append("set/clips/00000\(clip).mp4,clip \(clip)") }
  for clip in 0..<bad {
    try set.folder.write("bad\(clip).mp4", "this is no clip")
    lines.append("bad\(clip).mp4,bad")
  }
  return (set, try Manifest.load(set.folder.write("mixed.csv", lines.joined(separator: "\n"))))
}
