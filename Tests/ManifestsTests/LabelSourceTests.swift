import Manifests
import TestClips
import Testing
import Video

struct LabelSourceTests {
  private let text = """
    path,caption,label,motion
    a.mp4,a,"two
    lines",left
    b.mp4,b, ,
    c.mp4,c,\u{1b}c,right
    """

  @Test func aLabelIsOneLine() throws {
    let folder = try TemporaryFolder()
    for name in ["a.mp4", "b.mp4", "c.mp4"] { try folder.write(name) }
    let read = try Manifest.load(folder.write("m.csv", text))
    for manifest in [read, Manifest(path: "given", entries: Array(read))] {
      #expect(manifest.indices.map { manifest.label($0) } == ["two lines", nil, "\u{1b}c"])
      #expect(
        manifest.indices.map { manifest.label($0, from: .attribute("motion")) } == ["left", nil, "right"])
      #expect(manifest.indices.map { manifest.label($0, from: .attribute("colour")) } == [nil, nil, nil])
    }
  }

  @Test func aRecipeNamesIt() {
    #expect(LabelSource("label") == .label && LabelSource("motion") == .attribute("motion"))
    #expect("\(LabelSource.label) \(LabelSource("motion"))" == "label motion")
  }
}
