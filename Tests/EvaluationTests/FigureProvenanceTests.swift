import Clips
import Evaluation
import Foundation
import Manifests
import Testing
import Video

struct FigureProvenanceTests {
  private func entry(
    _ name: String, _ caption: String, _ start: Double? = nil, _ end: Double? = nil, root: String = "/data/"
  ) -> ClipEntry {
    ClipEntry(
      index: 0, file: ClipFile(path: root + name), name: name, caption: caption, start: start, end: end)
  }

  private var entries: [ClipEntry] {
    [entry("clips/a.mp4", "a red circle"), entry("b.mp4", "ä", 0.5, 3)]
  }

  /// The value is Python's: hashlib over len(text).to_bytes(8, "little") + text of name, caption, start and end.
  @Test func theHashIsThatOfTheDocumentedBytes() {
    let provenance = FigureProvenance(entries)
    #expect(provenance.clips == 2 && provenance.protocolVersion == FigureProvenance.currentProtocol)
    #expect(provenance.listHash == "a15f28785e0a9b446e6f1b7570814ff1c269333b7489e28ef44b82f71ed10ad8")
    // Where the files lie makes no difference.
    let moved = [entry("clips/a.mp4", "a red circle", root: "/x/"), entry("b.mp4", "ä", 0.5, 3, root: "/y/")]
    #expect(FigureProvenance(moved) == provenance)
  }

  @Test func eachDifferenceIsTold() {
    let provenance = FigureProvenance(entries)
    #expect(provenance.difference(to: FigureProvenance(entries)) == nil)
    let others = [
      entries.reversed(), [entry("clips/a.mp4", "a red square"), entries[1]],
      [entries[0], entry("b.mp4", "ä", 0.5)], [entries[0], entry("b.mp4", "ä", 0.5, 3.5)],
      // The same letters, cut in another place.
      [entry("clips/a.mp4a", " red circle"), entries[1]],
    ]
    for other in others {
      #expect(
        provenance.difference(to: FigureProvenance(other))
          == "measured on other clips, or with other captions")
    }
    #expect(
      provenance.difference(to: FigureProvenance(entries.prefix(1))) == "measured on 1 clips instead of 2")
    #expect(
      provenance.difference(to: FigureProvenance(entries, protocolVersion: 7))
        == "measured in another way (protocol 7 instead of 1)")
  }

  @Test func viewsAndLabelsCountWhereClassesAreAskedFor() throws {
    func labelled(_ label: String, _ views: ViewPlan, _ name: String = "a.mp4", caption: String = "")
      -> FigureProvenance
    {
      FigureProvenance(
        ClassPredictions(
          classes: [label], entries: [entry(name, caption)], truth: [0], probabilities: [[1]]), views: views)
    }
    let plan = ViewPlan(offsets: 5, crops: 3)
    let provenance = labelled("run", plan)
    #expect(provenance.views == "5x3" && provenance.difference(to: labelled("run", plan)) == nil)
    // hashlib.sha256((3).to_bytes(8, "little") + b"run")
    #expect(provenance.labelHash == "78f45474f9b525d18a4374795a4249407e856c819bded2d741d8edf4c86d9a98")
    #expect(
      provenance.difference(to: labelled("run", .middle))
        == "measured on 1x1 views of each clip instead of 5x3 views")
    #expect(provenance.difference(to: labelled("walk", plan)) == "measured with other labels")
    // Features know no captions, so a probe's figures are those of a model only where these do not count.
    #expect(provenance == labelled("run", plan, caption: "a red circle"))
    #expect(provenance.difference(to: labelled("run", plan, "b.mp4")) == "measured on other clips")
  }

  @Test func comesBackFromJSON() throws {
    let provenance = FigureProvenance(entries)
    let data = try JSONEncoder().encode(provenance)
    #expect(try JSONDecoder().decode(FigureProvenance.self, from: data) == provenance)
    let values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(values.keys) == ["clips", "listHash", "protocolVersion"])
  }
}
