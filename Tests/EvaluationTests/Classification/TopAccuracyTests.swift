import Clips
import Manifests
import SyntheticClips
import Tensors
import TestClips
import Testing
import Video

@testable import Evaluation

/// Tells dark, middling and bright clips apart by their mean.
struct BrightnessScorer: ClassScorer {
  let classes = ["dark", "middling", "bright"]

  func probabilities(_ clips: Tensor) -> Tensor {
    let size = clips.count / clips.shape[0]
    return Tensor(
      (0..<clips.shape[0]).flatMap { clip -> [Float] in
        let values = (0..<size).map { clips.pointer[clip * size + $0] }
        let bright = (values.reduce(0, +) / Float(size) + 1) / 2
        return [0.9 * (1 - bright), 0.1, 0.9 * bright]
      }, [clips.shape[0], 3])
  }
}

/// Clips of one grey each.
struct GreyClips {
  let folder: TemporaryFolder
  let shape = ClipShape(frames: 2, height: 16, width: 16, frameRate: 8)

  /// Writes clips of so many frames, each of a grey that goes evenly from `from` to `to`.
  init(_ clips: [(name: String, from: UInt8, to: UInt8, label: String?)], width: Int = 16, frames: Int = 2)
    throws
  {
    folder = try TemporaryFolder()
    for clip in clips {
      let writer = try VideoWriter(
        path: "\(folder.path)/\(clip.name)", width: width, height: 16, frameRate: 8,
        codec: .h264(crf: 4, keyFrameEvery: 4))
      for frame in 0..<frames {
        let part = frames == 1 ? 0 : Double(frame) / Double(frames - 1)
        let tone = UInt8(Double(clip.from) + part * (Double(clip.to) - Double(clip.from)))
        try writer.append(Picture(width: width, height: 16, fill: (tone, tone, tone)), ticks: 1)
      }
      try writer.finish()
    }
    let lines = clips.map { "\($0.name),,\($0.label ?? "")" }
    try folder.write("list.csv", (["path,caption,label"] + lines).joined(separator: "\n") + "\n")
  }

  func manifest() throws -> Manifest { try Manifest.load(folder.path + "/list.csv") }
}

struct TopAccuracyTests {
  private func clips() throws -> GreyClips {
    try GreyClips([
      ("a.mp4", 10, 10, "dark"), ("b.mp4", 240, 240, "bright"), ("c.mp4", 230, 230, "dark"),
      ("d.mp4", 20, 20, nil), ("e.mp4", 30, 30, "dark"), ("f.mp4", 30, 30, "green"),
    ])
  }

  @Test func figuresFollowFromThePredictions() throws {
    let clips = try clips()
    let reader = try ClipReader(clips.manifest(), shape: clips.shape)
    let evaluation = TopAccuracy(BrightnessScorer(), batch: 4).run(reader)
    #expect(evaluation.figures.map(\.name) == ["top 1", "mean class", "calibration error"])
    #expect(evaluation.figures[0].value == 0.75)
    #expect(abs(evaluation.figures[1].value - (2.0 / 3 + 1) / 2) < 1e-12)
    #expect(evaluation.loss == evaluation.predictions?.crossEntropy && evaluation.loss!.isFinite)
    #expect(evaluation.scale == .shares && evaluation.lossName == "cross entropy")
    #expect(evaluation.predictions?.mistakes.map(\.clip) == [2])
    #expect(
      evaluation.remarks == [
        "2 of 6 clips have no label among the model's classes and are left out: d.mp4, f.mp4"
      ])
    // However many clips a pass has.
    let one = TopAccuracy(BrightnessScorer(), batch: 1).run(reader)
    #expect(one.figures == evaluation.figures && one.loss == evaluation.loss)
  }

  @Test func itCanBeStopped() throws {
    let clips = try clips()
    let reader = try ClipReader(clips.manifest(), shape: clips.shape)
    var passes = 0
    let evaluation = TopAccuracy(BrightnessScorer(), batch: 2).run(reader) {
      passes += 1
      return passes < 3
    }
    #expect(evaluation == nil && passes == 3)
  }

  @Test func withoutAKnownLabelThereIsNoFigure() throws {
    let clips = try GreyClips([("a.mp4", 10, 10, nil)])
    let evaluation = TopAccuracy(BrightnessScorer(), batch: 2).run(
      try ClipReader(clips.manifest(), shape: clips.shape))
    #expect(evaluation.figures.isEmpty && evaluation.loss == nil && evaluation.remarks.count == 1)
  }
}

struct ClassMeasurementTests {
  /// The clip grows brighter: its views at the start, in the middle and at the end are a dark, a grey and a bright one.
  @Test func probabilitiesAreTheMeanOverViews() throws {
    let clips = try GreyClips([("a.mp4", 0, 240, "dark"), ("b.mp4", 250, 250, "bright")], frames: 16)
    let entries = Array(try clips.manifest())
    func measured(_ plan: ViewPlan, batch: Int) throws -> ClassPredictions {
      let reader = ViewReader(shape: clips.shape, plan: plan)
      return try #require(
        try ClassMeasurement.run([BrightnessScorer()], on: entries, reader: reader, batch: batch)
      ).predictions[0]
    }
    let three = try measured(ViewPlan(offsets: 3, crops: 1), batch: 2)
    let five = try measured(ViewPlan(offsets: 3, crops: 1), batch: 5)
    #expect(three.probabilities == five.probabilities)
    let scorer = BrightnessScorer()
    let views = ViewReader(shape: clips.shape, plan: ViewPlan(offsets: 3, crops: 1))
    var rows: [[Double]] = []
    _ = try views.forEachBatch(of: 1, from: entries.prefix(1)) { batch in
      let values = scorer.probabilities(batch.examples.clips)
      rows.append((0..<3).map { Double(values.pointer[$0]) })
      return true
    }
    #expect(rows.count == 3 && rows[0][0] > 0.8 && rows[2][2] > 0.8)
    for place in 0..<3 {
      let mean = rows.reduce(0) { $0 + $1[place] } / 3
      #expect(abs(three.probabilities[0][place] - mean) < 1e-12)
    }
    // The middle alone is the middle view.
    #expect(try measured(.middle, batch: 1).probabilities[0] == rows[1])
  }

  @Test func severalScorersSeeTheSameClipsAndBadOnesAreNamed() throws {
    let clips = try GreyClips([
      ("a.mp4", 10, 10, "dark"), ("b.mp4", 240, 240, "bright"), ("c.mp4", 20, 20, "green"),
    ])
    try clips.folder.write("bad.mp4", "this is no clip")
    try clips.folder.write(
      "list.csv", "path,caption,label\nbad.mp4,,dark\na.mp4,,dark\nc.mp4,,green\nb.mp4,,bright\n")
    let reader = ViewReader(shape: clips.shape)
    var seen: [[Int]] = []
    let measured = try #require(
      try ClassMeasurement.run(
        [BrightnessScorer(), BrightnessScorer()], on: clips.manifest(), reader: reader, batch: 1
      ) { done, all in
        seen.append([done, all])
        return true
      })
    #expect(
      measured.predictions.map { $0.entries.map(\.name) } == [["a.mp4", "b.mp4"], ["a.mp4", "b.mp4"]])
    #expect(measured.predictions[0].probabilities == measured.predictions[1].probabilities)
    #expect(measured.unreadable.map(\.path) == [clips.folder.path + "/bad.mp4"])
    #expect(measured.unlabelled.map(\.name) == ["c.mp4"] && seen == [[1, 3], [2, 3]])
    let first = try ClassMeasurement.run(
      [BrightnessScorer()], on: clips.manifest(), reader: reader, limit: 1, batch: 4)
    #expect(first?.predictions[0].entries.map(\.name) == ["a.mp4"])
    #expect(
      try ClassMeasurement.run(
        [BrightnessScorer()], on: clips.manifest(), reader: reader, batch: 1, progress: { _, _ in false })
        == nil
    )
    let pictures = try reader.withPlan(ViewPlan(offsets: 4, crops: 2)).pictures(of: clips.manifest()[1])
    #expect(pictures.count == 2)
    #expect(throws: BadClip.self) { try reader.pictures(of: clips.manifest()[0]) }
  }
}
