import Evaluation
import Features
import Foundation
import Report

/// What was found for one clip, in words.
struct NearestResult {
  let query: ClipFeatures.Clip
  let matches: [NearestVectors.Match]
  let gallery: FeatureSet

  /// A line about what was searched, and a table.
  var text: String {
    let table = TextTable(
      columns: ["similarity", "clip", "piece", "label"],
      rows: matches.map { match in
        let clip = gallery.clips[match.place]
        return [similarity(match), clip.name, clip.span ?? "–", clip.label ?? "–"]
      })
    return "nearest to \(query.words) among \(gallery.count) clips\n\(gallery.identity.words)\n\n\(table)"
  }

  /// One for the row of the clip and of each one found.
  var captions: [String] {
    ["clip: \(query.words)"] + matches.map { "\(similarity($0)): \(gallery.clips[$0.place].words)" }
  }

  private func similarity(_ match: NearestVectors.Match) -> String {
    String(format: "%.4f", match.similarity)
  }

  /// One object.
  func json() throws -> String {
    struct Object: Encodable {
      let clip: OneClip, nearest: [OneClip], searched: Int
    }
    struct OneClip: Encodable {
      let name: String, start: Double?, end: Double?, label: String?, similarity: Float?

      init(_ clip: ClipFeatures.Clip, _ similarity: Float?) {
        (name, start, end, label) = (clip.name, clip.start, clip.end, clip.label)
        self.similarity = similarity
      }
    }
    return try jsonText(
      Object(
        clip: OneClip(query, nil), nearest: matches.map { OneClip(gallery.clips[$0.place], $0.similarity) },
        searched: gallery.count))
  }
}

/// A value as JSON, keys in alphabetical order.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension ClipFeatures.Clip {
  /// "2.5–4 s"; nil for a whole clip.
  var span: String? {
    func short(_ seconds: Double) -> String { String(format: "%g", seconds) }
    if start == nil, end == nil { return nil }
    return "\(start.map(short) ?? "0")–\(end.map(short) ?? "end") s"
  }

  /// "a.mp4, 2.5–4 s (jump)".
  var words: String { name + (span.map { ", \($0)" } ?? "") + (label.map { " (\($0))" } ?? "") }
}

extension Retrieval {
  /// What a user should know beside the figures.
  var notes: [String] {
    (unlabelled > 0
      ? [
        "\(unlabelled) \(unlabelled == 1 ? "clip has" : "clips have") no label and \(unlabelled == 1 ? "is" : "are") left out"
      ] : [])
      + (alone > 0
        ? [
          "\(alone) \(alone == 1 ? "clip is" : "clips are") the only one with the label, and \(alone == 1 ? "counts" : "count") as wrong"
        ] : [])
  }

  /// A table of all clips, and one of each class.
  func text(_ identity: FeatureIdentity) -> String {
    func percent(_ share: Double?) -> String { share.map(Figure.percent) ?? "–" }
    let all = TextTable(
      columns: ["recall at", "clips", "right", "share", "95 % from", "to"],
      rows: zip(Self.counts, recall).map { k, part in
        [
          "\(k)", "\(part.judged)", "\(part.right)", percent(part.share), percent(part.interval.lowerBound),
          percent(part.interval.upperBound),
        ]
      })
    let byClass = TextTable(
      columns: ["class", "clips"] + Self.counts.map { "at \($0)" },
      rows: classes.map { [$0.name, "\($0.recall[0].judged)"] + $0.recall.map { percent($0.share) } })
    return "clips of the same class among the nearest: \(identity.words)\n\(all)\n\nby class\n\(byClass)"
  }
}

/// The figures of a search as one object.
struct RetrievalJSON: Encodable {
  private struct Class: Encodable {
    let name: String, recall: [String: Proportion]
  }

  private let recall: [String: Proportion], perClass: [Class]
  private let unlabelled: Int, alone: Int, features: String

  init(_ retrieval: Retrieval, _ identity: FeatureIdentity) {
    func named(_ parts: [Proportion]) -> [String: Proportion] {
      Dictionary(uniqueKeysWithValues: zip(Retrieval.counts.map { "at\($0)" }, parts))
    }
    recall = named(retrieval.recall)
    perClass = retrieval.classes.map { Class(name: $0.name, recall: named($0.recall)) }
    (unlabelled, alone, features) = (retrieval.unlabelled, retrieval.alone, identity.words)
  }

  func text() throws -> String { try jsonText(self) }
}
