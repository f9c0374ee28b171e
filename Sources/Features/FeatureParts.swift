import Files
import Foundation

/// The parts of a run of extraction that are on the disk: each holds some clips of the list, one behind the other from its
/// first on.
struct FeatureParts {
  /// Where they lie.
  let folder: String

  /// The folder of parts of a file.
  init(of output: String) { folder = output + ".parts" }

  /// Where the part of some places lies.
  func path(_ places: Range<Int>) -> String {
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: max(0, 9 - "\(number)".count)) + "\(number)"
    }
    return "\(folder)/part-\(digits(places.lowerBound))-\(digits(places.upperBound)).h5"
  }

  /// The places of all parts, by the names of their files.
  private var found: [Range<Int>] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("part-"), name.hasSuffix(".h5") else { return nil }
      let bounds = name.dropFirst(5).dropLast(3).split(separator: "-").map { Int($0) }
      guard bounds.count == 2, let first = bounds[0], let end = bounds[1], first < end else { return nil }
      return first..<end
    }.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
  }

  /// The parts from `first` on, each beginning where the one before ends.
  ///
  /// - Parameters:
  ///   - note: is told of parts that are damaged, which are made anew.
  /// - Throws: `FeaturesError` when a part is of other features or of other clips.
  func whole(
    from first: Int, identity: FeatureIdentity, origin: FeatureOrigin, note: (String) -> Void
  ) throws -> [Range<Int>] {
    var (whole, next) = ([Range<Int>](), first)
    for places in found where places.lowerBound == next {
      let path = path(places)
      do {
        let part = try FeatureFile.read(path)
        if let difference = identity.difference(to: part.identity) ?? origin.difference(to: part.origin) {
          throw FeaturesError.unfit(
            "\(folder) holds parts of other features: this run has \(difference); run the command that they are of again "
              + "to finish it, remove the folder to begin anew, or name another --output.")
        }
        whole.append(places)
        next = places.upperBound
      } catch FeaturesError.damaged(_, let reason), FeaturesError.otherFile(_, let reason) {
        note("\(path) is damaged (\(reason)) and is made anew")
      }
    }
    return whole
  }

  /// Removes them.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

extension FeatureOrigin {
  /// What is another in another origin than in this, in words; nil when nothing is that matters.
  func difference(to other: FeatureOrigin) -> String? {
    if listHash != other.listHash {
      return "other clips (\(manifest) instead of \(other.manifest), or what it was then)"
    }
    if labelHash != other.labelHash { return "other labels" }
    return shard == other.shard ? nil : "--shard \(shard.words) instead of \(other.shard.words)"
  }
}
