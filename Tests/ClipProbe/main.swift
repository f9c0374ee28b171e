import ClipMutations
import Foundation
import Video

// Reads clips in a process of its own, for tests of what hostile ones may take: memory, files, sockets.
//
//   clip-probe [--root FOLDER] [--seconds S] PATH…
//
// A line of JSON for each: whether frames came, how many, the reason if not, and by how many megabytes the process
// had grown at its peak. Around the reading it asks for a file that is not there, which marks the place in a trace.

struct Outcome: Codable {
  var path: String
  var frames: Int
  var words: String?
  var growth: Double
}

/// The frames of a clip, at most a hundred, read as training does (its duration, a picture) and then one by one.
func frames(of path: String, root: String?, limits: DecodeLimits) -> (count: Int, words: String?) {
  var count = 0
  do {
    let reader = try VideoReader(ClipFile(path: path, root: root), limits: limits)
    let seconds = try reader.shownDuration()
    _ = try reader.pictures(at: [seconds / 2], framing: Framing(width: 64, height: 64))
    try reader.forEachFrame(framing: Framing(width: 64, height: 64)) { _, _ in
      count += 1
      return count < 100
    }
    return (count, reader.damage.first?.reason)
  } catch {
    return (count, "\(error)")
  }
}

func mark(_ name: String) { _ = access("/clip-probe-\(name)", F_OK) }

var arguments = Array(CommandLine.arguments.dropFirst())
var root: String?
var limits = DecodeLimits(maxSeconds: 10)
while let option = arguments.first, option.hasPrefix("--"), arguments.count > 1 {
  switch option {
  case "--root": root = arguments[1]
  case "--seconds": limits.maxSeconds = Double(arguments[1]) ?? limits.maxSeconds
  default: break
  }
  arguments.removeFirst(2)
}
let before = ProcessMemory.resident
for path in arguments {
  mark("begins")
  let (count, words) = frames(of: path, root: root, limits: limits)
  mark("ends")
  let outcome = Outcome(path: path, frames: count, words: words, growth: ProcessMemory.peak - before)
  FileHandle.standardOutput.write(try JSONEncoder().encode(outcome) + Data("\n".utf8))
}
