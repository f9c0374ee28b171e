import Manifests
import TestClips
import Testing
import Video

@testable import ClipIndexing
@testable import Curation

@Suite struct CurationTests {
  private let limits = CurationLimits(
    keepDamaged: false, minSeconds: 0.5, maxSeconds: 60, maxBlack: 0.1, maxFrozen: 0.5, maxLetterbox: 0.1,
    minBrightness: 0.02, minMotion: 0.002, maxMotion: 0.3, minSharpness: 0.001, duplicateDistance: 2)

  private func entry(_ name: String, _ index: Int = 0, start: Double? = nil, end: Double? = nil) -> ClipEntry
  {
    ClipEntry(index: index, file: ClipFile(path: name), name: name, caption: "", start: start, end: end)
  }

  private func shot(_ start: Double, _ end: Double, hash: String = "0123456789abcdef") -> Shot {
    Shot(
      start: start, end: end, motion: 0.05, sharpness: 0.01, brightness: 0.5, bars: Shot.Bars(), hash: hash,
      black: [], frozen: [])
  }

  private func line(
    _ name: String, _ shots: [Shot]?, verdict: IndexLine.Verdict = .good, reason: String? = nil
  ) -> IndexLine {
    IndexLine(
      path: name, bytes: 1, sha256: String(repeating: "a", count: 64), duration: shots?.last?.end,
      verdict: verdict, reason: reason, shots: shots)
  }

  private func spans(
    _ entries: [ClipEntry], _ lines: [IndexLine], _ limits: CurationLimits? = nil
  ) throws -> [CuratedSpan] {
    let folder = try TemporaryFolder()
    let text = lines.map { String(decoding: $0.text(), as: UTF8.self) }.joined()
    let index = try ClipIndex.load(folder.write("index.jsonl", text), shots: true)
    return try Curation(limits ?? self.limits).spans(of: Manifest(path: "list.csv", entries: entries), index)
  }

  @Test func cutsAtShotsWithinTheEntry() throws {
    let found = try spans(
      [entry("a", 0, start: 1, end: 6)], [line("a", [shot(0, 2), shot(2, 5), shot(5, 9)])])
    #expect(found.map { [$0.span.start, $0.span.end] } == [[1, 2], [2, 5], [5, 6]])
    #expect(found.allSatisfy { $0.drop == nil })
  }

  @Test func cutsLongShotsIntoEqualPieces() throws {
    var limits = limits
    limits.maxSeconds = 4
    let found = try spans([entry("a")], [line("a", [shot(0, 10)])], limits)
    #expect(found.map(\.span.end) == [3.333333, 6.666667, 10])
  }

  @Test func saysWhyASpanIsDropped() throws {
    var shots = (0..<9).map { shot(Double(2 * $0), Double(2 * $0) + 2) }
    shots[0].end = 0.4
    shots[1].black = [Shot.Span(start: 2, end: 2.5)]
    shots[2].frozen = [Shot.Span(start: 4, end: 5.5)]
    shots[3].bars.top = 0.125
    shots[4].brightness = 0.01
    shots[5].motion = 0.0012
    shots[6].motion = 0.4
    shots[7].sharpness = 0.0001
    let reasons = try spans([entry("a")], [line("a", shots)]).map { $0.drop?.reason }
    #expect(
      reasons == [
        "length 0.4 s is below curation.minSeconds 0.5 s",
        "black share 0.25 is above curation.maxBlack 0.1",
        "frozen share 0.75 is above curation.maxFrozen 0.5",
        "share of bars 0.125 is above curation.maxLetterbox 0.1",
        "brightness 0.01 is below curation.minBrightness 0.02",
        "motion 0.0012 is below curation.minMotion 0.002",
        "motion 0.4 is above curation.maxMotion 0.3",
        "sharpness 0.0001 is below curation.minSharpness 0.001", nil,
      ])
  }

  @Test func keepsTheFirstOfNearDuplicatesInDifferentClips() throws {
    let folder = try TemporaryFolder()
    let (scene, other) = (DrawnScene(31), DrawnScene(32))
    let clips: [(name: String, pictures: [Picture], crf: Int)] = [
      ("a", scene.pictures(40), 20), ("coded", scene.pictures(40), 34),
      ("dark", (0..<40).map { scene.picture(Double($0) / 25, gain: 0.9) }, 20), ("b", other.pictures(40), 20),
      ("small", scene.pictures(40).map(halved), 20),
    ]
    for clip in clips { try writeClip(clip.pictures, to: "\(folder.path)/\(clip.name).mp4", crf: clip.crf) }
    // All hashes are alike here: frames decide.
    let lines = clips.map { line("\(folder.path)/\($0.name).mp4", [shot(0, 0.8), shot(0.8, 1.6)]) }
    let entries = (lines + [lines[0]]).enumerated().map { entry($1.path, $0) }
    let found = try spans(entries, lines)
    let kept = found.filter { $0.drop == nil }.map { $0.entry.index }
    // The two halves of a clip stay both, and so does a clip that is named twice.
    #expect(kept == [0, 0, 3, 3, 5, 5])
    #expect(found.compactMap { $0.drop?.rule } == Array(repeating: "duplicateDistance", count: 6))
    #expect(
      found[2].drop?.reason
        == "it shows what \(folder.path)/a.mp4 shows from 0.0 s on: 0 of 64 bits differ, within "
        + "curation.duplicateDistance 2, and hardly a pixel")
    var limits = limits
    limits.duplicateDistance = -1
    #expect(try spans(entries, lines, limits).allSatisfy { $0.drop == nil })
  }

  @Test func dropsWhatIsDamagedUnlessItMayStay() throws {
    let lines = [
      line("a", [shot(0, 2)], verdict: .damaged, reason: "stream: a packet is cut off"),
      line("b", nil, verdict: .unreadable, reason: "open: it is not a regular file"),
    ]
    let entries = [entry("a", 0), entry("b", 1)]
    let found = try spans(entries, lines)
    #expect(
      found.map { $0.drop?.reason } == [
        "it is damaged (stream: a packet is cut off) and curation.keepDamaged is false",
        "open: it is not a regular file",
      ])
    var limits = limits
    limits.keepDamaged = true
    #expect(try spans(entries, lines, limits).map { $0.drop?.rule } == [nil, "unreadable"])
  }

  @Test func asksForAnIndexOfAllClips() throws {
    let error = #expect(throws: Curation.Unindexed.self) {
      _ = try spans(
        [entry("a", 0), entry("b", 1), entry("c", 2)], [line("a", [shot(0, 2)]), line("c", nil)])
    }
    #expect(error?.count == 2 && error?.first == "b")
    #expect(error?.description.contains("run vfm-data index list.csv --output") == true)
  }
}
