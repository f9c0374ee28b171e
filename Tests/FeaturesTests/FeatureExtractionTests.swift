import Clips
import Evaluation
import Foundation
import Manifests
import SyntheticClips
import Tensors
import TestClips
import Testing

@testable import Features

/// On a model of two tokens of two values: the first and the last pixel of a clip, and block and time.
struct FeatureExtractionTests {
  private struct Pixels: FeatureSource {
    let depth = 3, width = 2
    var attentivePooling: ((Tensor, Int) -> Tensor)? {
      { tokens, clips in
        #expect(clips == 1)
        return Tensor(tokens.values.prefix(2).map { 2 * $0 }, [1, 2])
      }
    }

    func tokens(of examples: Examples, _ look: FeatureLook) -> Tensor {
      #expect(examples.count == 1)
      let clip = examples.clips.values
      return Tensor([clip[0], Float(look.block), clip[clip.count - 1], Float(look.time)], [2, 2])
    }
  }

  private let shape = ClipShape(frames: 2, height: 8, width: 8, frameRate: 8)
  private let small: SmallSet

  init() throws { small = try SmallSet(SyntheticSettings(clips: 12, width: 16, height: 16)) }

  private var output: String { small.folder.path + "/f.h5" }

  private func manifest(_ lines: [String]? = nil) throws -> Manifest {
    let lines = lines ?? (0..<7).map { "clips/00000\($0).mp4,\($0 % 2 == 0 ? "even" : "odd")" }
    return try Manifest.load(
      small.folder.write(
        "set/list.csv", (["path,label,caption"] + lines.map { $0 + "," }).joined(separator: "\n") + "\n"))
  }

  private func extraction(
    _ manifest: Manifest, block: Int = 2, pool: FeaturePool = .mean, shard: FeatureShard = .whole
  ) -> FeatureExtraction {
    FeatureExtraction(
      Pixels(),
      identity: FeatureIdentity(
        weights: "w", kind: "k", block: block, depth: 3, time: 0.25, readsCaptions: true, pool: pool,
        clipShape: shape), manifest: manifest, shard: shard, reader: ViewReader(shape: shape))
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test func eachPoolKeepsWhatItSays() throws {
    let manifest = try manifest()
    var kept: [FeaturePool: ClipFeatures] = [:]
    for pool in FeaturePool.allCases {
      #expect(try extraction(manifest, pool: pool).write(to: output).clips == 7)
      kept[pool] = try FeatureFile.read(output)
    }
    let (mean, tokens, attentive) = (kept[.mean]!, kept[.tokens]!, kept[.attentive]!)
    #expect(tokens.tokens == 2 && mean.tokens == 1 && mean.width == 2 && mean.values.count == 14)
    for clip in 0..<7 {
      let t = tokens.values[4 * clip..<4 * clip + 4].map { $0 }
      #expect(t[1] == 2 && t[3] == 0.25)
      #expect(abs(mean.values[2 * clip] - (t[0] + t[2]) / 2) < 1e-6 && mean.values[2 * clip + 1] == 1.125)
      #expect(attentive.values[2 * clip] == 2 * t[0] && attentive.values[2 * clip + 1] == 4)
    }
    #expect(mean.clips[3] == ClipFeatures.Clip(place: 3, name: "clips/000003.mp4", label: "odd"))
    #expect(mean.origin.manifest == manifest.path && mean.origin.listHash == manifest.listHash)
    #expect(!FileManager.default.fileExists(atPath: output + ".parts"))
  }

  @Test func aStoppedRunGoesOnAndTheFileIsThatOfAWholeOne() throws {
    let run = extraction(try manifest())
    _ = try run.write(to: output)
    let whole = try bytes(output)
    let other = small.folder.path + "/g.h5"
    var asked: [Int] = []
    for (stop, kept) in [(0, 0), (3, 0), (3, 3), (5, 3)] {
      let outcome = try run.write(to: other, goesOn: { $0 < stop })
      #expect(outcome == FeatureExtraction.Outcome(clips: stop, kept: kept, left: 7 - stop))
      #expect(!FileManager.default.fileExists(atPath: other))
    }
    let last = try run.write(to: other) {
      Issue.record("\($0)")
    } goesOn: {
      asked.append($0)
      return true
    }
    #expect(asked == [5, 6] && last == FeatureExtraction.Outcome(clips: 7, kept: 5))
    #expect(try bytes(other) == whole)
    let block = extraction(try manifest(), block: 1)
    #expect(try run.finished(in: other) != nil && block.finished(in: other) == nil)
  }

  @Test func shardsTogetherAreTheWhole() throws {
    let manifest = try manifest()
    _ = try extraction(manifest).write(to: output)
    let paths = try (1...3).map { number in
      let path = small.folder.path + "/shard\(number).safetensors"
      _ = try extraction(manifest, shard: FeatureShard(number: number, count: 3)!).write(to: path)
      return path
    }
    let (joined, whole) = (try FeatureSet(paths), try FeatureSet([output]))
    #expect(joined.clips == whole.clips && joined.values == whole.values)
  }

  @Test func partsOfOtherFeaturesAreRefusedAndDamagedOnesMadeAnew() throws {
    let (list, parts) = (try manifest(), output + ".parts")
    _ = try extraction(list).write(to: output, goesOn: { $0 < 4 })
    let other = words { try extraction(list, block: 1).write(to: output) }
    #expect(
      other.contains(parts) && other.contains("block 1 instead of 2") && other.contains("remove the folder"))
    let shard = FeatureShard(number: 1, count: 2)!
    #expect(
      words { try extraction(list, shard: shard).write(to: output) }.contains("--shard 1/2 instead of 1/1"))
    let fewer = try manifest(["clips/000000.mp4,a"])
    #expect(words { try extraction(fewer).write(to: output) }.contains("other clips"))
    let relabelled = try manifest((0..<7).map { "clips/00000\($0).mp4,x" })
    #expect(words { try extraction(relabelled).write(to: output) }.contains("other labels"))

    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: parts).first)
    try Data(try bytes("\(parts)/\(name)").dropLast(9)).write(to: URL(fileURLWithPath: "\(parts)/\(name)"))
    var told: [String] = []
    let outcome = try extraction(try manifest()).write(to: output) { told.append($0) }
    #expect(outcome.kept == 0 && outcome.clips == 7)
    #expect(
      told.count == 1 && told[0].contains("\(name) is damaged") && told[0].contains("made anew"), "\(told)")
  }

  @Test func clipsThatCannotBeReadAreNamedCountedAndLeftOut() throws {
    try small.folder.write("set/bad.mp4", "this is no clip")
    let manifest = try manifest(["clips/000000.mp4,a", "bad.mp4,b", "clips/000001.mp4,a"])
    var told: [String] = []
    let run = extraction(manifest)
    _ = try run.write(to: output, goesOn: { $0 < 2 })
    let outcome = try run.write(to: output) { told.append($0) }
    #expect(outcome == FeatureExtraction.Outcome(clips: 2, unreadable: 1, kept: 2))
    let features = try FeatureFile.read(output)
    #expect(features.unreadable == ["bad.mp4"] && features.clips.map(\.place) == [0, 2])

    let none = try self.manifest(["bad.mp4,b"])
    let error = words { try extraction(none).write(to: output) { told.append($0) } }
    #expect(error.contains("None of the 1 clips"), "\(error)")
    #expect(told.count == 1 && told[0].contains("left out") && told[0].contains("bad.mp4"), "\(told)")
    #expect(!FileManager.default.fileExists(atPath: output + ".parts"))
  }
}
