import Commands
import Foundation
import Manifests
import Tensors
import Video

/// Which frames of which clips are read: the same list for every program that is compared.
struct DecodeSamples: Codable {
  struct Sample: Codable {
    var path: String
    /// Seconds after the first shown frame.
    var times: [Double]
  }

  var size: Int
  var samples: [Sample]
  /// Why clips have no samples although they are in the places named: they cannot be opened. By path; nil in older lists.
  var unopened: [String: String]?

  /// Draws samples from the clips that decode and last long enough.
  init(_ places: [String], count: Int, frames: Int, frameRate: Double, size: Int, seed: UInt64) throws {
    let length = Double(frames) / frameRate
    var clips: [(path: String, seconds: Double)] = []
    var unopened: [String: String] = [:]
    for path in try places.flatMap(DecodeSamples.paths) {
      do throws(VideoError) {
        let seconds = try VideoReader(path: path).shownDuration()
        if seconds >= length { clips.append((path, seconds)) }
      } catch { unopened[path] = error.description }
    }
    guard !clips.isEmpty else {
      throw Failure(
        .unfitInput,
        "No clip in \(places.joined(separator: ", ")) lasts \(length) s; name others, or ask for fewer --frames."
      )
    }
    var random = RandomStream(seed: seed, purpose: .check)
    self.size = size
    self.unopened = unopened
    samples = (0..<count).map { _ in
      let clip = random.pick(clips)
      let start = (clip.seconds - length) * random.uniform()
      return Sample(path: clip.path, times: (0..<frames).map { start + Double($0) / frameRate })
    }
  }

  /// Reads a list that `write` wrote.
  init(reading path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.missingInput, "There is no file \(path); write one with --samples-out.")
    }
    do { self = try JSONDecoder().decode(DecodeSamples.self, from: data) } catch {
      throw Failure(.unfitInput, "\(path) is no list of samples; write one with --samples-out.")
    }
  }

  /// Writes the list as JSON.
  func write(to path: String) throws {
    do { try JSONEncoder().encode(self).write(to: URL(filePath: path)) } catch {
      throw Failure(.cannotCreate, "\(path) cannot be written; choose another place for --samples-out.")
    }
  }

  /// The files that a manifest names, or all files in a folder, by name.
  private static func paths(_ place: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue else {
      return try Manifest.load(place, root: "/").map(\.file.path)
    }
    let names = FileManager.default.enumerator(atPath: place)?.compactMap { $0 as? String } ?? []
    return names.sorted().map { URL(filePath: place).appending(path: $0).path }
  }
}
