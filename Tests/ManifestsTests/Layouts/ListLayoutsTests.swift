import Foundation
import TestClips
import Testing

@testable import Manifests

/// Lists that name paths and classes, or what paths can be made of.
struct ListLayoutsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func message(_ path: String, root: String? = nil) -> String {
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path, root: root) }
    return error?.description ?? ""
  }

  @Test(arguments: ["train.csv", "train.txt", "train.list"])
  func pathsAndClasses(name: String) throws {
    for clip in ["a b.mp4", "c.mp4", "deep/d.avi"] { try folder.write(clip) }
    let path = try folder.write(name, "a b.mp4 12\nc.mp4  playing_guitar\n\ndeep/d.avi\tTaiChi\r\n")
    let manifest = try Manifest.load(path)
    #expect(manifest.layout?.layout == .pathLabelList)
    #expect(manifest.map(\.name) == ["a b.mp4", "c.mp4", "deep/d.avi"])
    #expect(manifest.map(\.label) == ["12", "playing_guitar", "TaiChi"])
    #expect(manifest.map(\.caption) == ["", "playing guitar", "tai chi"])
  }

  @Test func pathsAndClassesWithSomethingWrong() throws {
    try folder.write("a.mp4")
    let path = try folder.write("train.csv", "a.mp4 1\nb.mp4 2\nonly\n")
    let message = message(path)
    #expect(
      message.contains(
        "train.csv (read as a list of paths and classes, because its first line is a clip's path, a space, and one"
          + " word more) has 2 problems"), "\(message)")
    #expect(message.contains("line 2: there is no file b.mp4"))
    #expect(message.contains("line 3: \"only\" is not a clip's path and its class with a space between them"))
  }

  @Test func listsOfUCF101() throws {
    let clip = "ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi"
    try folder.write("UCF-101/\(clip)")
    try folder.write("UCF-101/Archery/v_Archery_g01_c01.avi")
    try folder.write("lists/classInd.txt", "1 ApplyEyeMakeup\r\n2 Archery\r\n")
    let train = try folder.write("lists/trainlist01.txt", "\(clip) 1\r\n")
    let test = try folder.write("lists/testlist01.txt", "Archery/v_Archery_g01_c01.avi\n")
    let manifest = try Manifest.load(train, root: folder.path + "/UCF-101")
    #expect(manifest.layout?.description == "a UCF-101 list, because classInd.txt lies beside it")
    #expect(manifest[0].path == "\(folder.path)/UCF-101/\(clip)")
    #expect(manifest[0].label == "ApplyEyeMakeup" && manifest[0].caption == "apply eye makeup")
    #expect(try Manifest.load(test, root: folder.path + "/UCF-101").map(\.label) == ["Archery"])
    let wrong = try folder.write("lists/wrong.txt", "\(clip) 7\nHop/x.avi\na b c\n")
    let message = message(wrong, root: folder.path + "/UCF-101")
    #expect(message.contains("line 1: classInd.txt has no class 7"))
    #expect(message.contains("line 2: classInd.txt has no class Hop"))
    #expect(message.contains("line 3: \"a b c\" is not a clip's path and the number of its class"))
  }

  @Test func theOfficialCSVOfKinetics() throws {
    for name in ["_a-b_000010_000020.mp4", "playing guitar/c_000000_000010.mp4", "val/d_000001_000011.mp4"] {
      try folder.write("clips/\(name)")
    }
    try folder.write("clips/test/playing_guitar/e_000002_000012.mp4")
    let path = try folder.write(
      "kinetics.csv",
      """
      label,youtube_id,time_start,time_end,split
      "abseiling",_a-b,10,20,train
      playing guitar,c,0,10,train
      playing guitar,d,1,11,validate
      playing guitar,e,2,12,test

      """.replacing("validate", with: "val"))
    let manifest = try Manifest.load(path, root: folder.path + "/clips")
    #expect(manifest.layout?.reason == "its header names youtube_id")
    #expect(
      manifest.map(\.name) == [
        "_a-b_000010_000020.mp4", "playing guitar/c_000000_000010.mp4", "val/d_000001_000011.mp4",
        "test/playing_guitar/e_000002_000012.mp4",
      ])
    #expect(manifest.map(\.split) == ["train", "train", "validation", "test"])
    #expect(manifest[0].label == "abseiling" && manifest[1].caption == "playing guitar")
    // The piece is the file: nothing is cut from it again.
    #expect(manifest[0].start == nil && manifest[0].end == nil)
    let wrong = try folder.write(
      "wrong.csv",
      "label,youtube_id,time_start,time_end,split\nx,gone,1,2,train\nx,c,soon,2,train\nx,../c,1,2,train\n")
    let message = message(wrong)
    #expect(message.contains("line 2: there is no file gone_000001_000002.mp4"))
    #expect(message.contains("line 3: time_start and time_end are \"soon\" and \"2\", not whole seconds"))
    #expect(message.contains("line 4: youtube_id is \"../c\", which is none"))
    let short = try folder.write("short.csv", "youtube_id,time_start\nx,1\n")
    #expect(
      self.message(short).contains("line 1: the header has no column label, only youtube_id, time_start"))
  }

  @Test func theJSONOfSomethingSomething() throws {
    try folder.write("clips/78687.webm")
    try folder.write("clips/42326.mp4")
    let path = try folder.write(
      "train.json",
      """
      [
      {"id":"78687", "label":"holding potato next to vicks vaporub bottle",
       "template":"Holding [something] next to [something]", "placeholders":["potato", "vicks vaporub bottle"]},
      {"id": 42326, "label": "closing \\"book\\"", "template": "Closing [something]", "placeholders": ["book"]}
      ]
      """)
    let manifest = try Manifest.load(path, root: folder.path + "/clips")
    #expect(
      manifest.layout?.description
        == "Something-Something JSON, because its name ends in .json, and its objects have an id")
    #expect(manifest.map(\.name) == ["78687.webm", "42326.mp4"])
    #expect(manifest.map(\.caption) == ["holding potato next to vicks vaporub bottle", "closing \"book\""])
    #expect(manifest[0].label == "Holding something next to something")
    let missing = message(path)
    #expect(
      missing.contains("line 2: there is no file 78687.webm") && missing.contains("line 4: "), "\(missing)")
  }

  @Test(arguments: [
    ("{}", "line 1: it is not a list of objects with path and caption"),
    ("[\n{\"id\": null, \"label\": \"x\"}]", "line 2: the id is missing"),
    ("[\n{\"id\": \"a\"}]", "line 2: the caption is missing"),
    ("[\n\n3]", "line 3: it is not an object with path and caption"),
    ("[{\"id\": \"a\", \"label\": \"b\"},]", "a comma stands before a closing bracket"),
    ("[{\"id\": \"a\", \"id\": \"b\"}]", "the key id stands there twice"),
    ("[", "line 1: it is not valid JSON (byte 2: it ends too early)"),
    (String(repeating: "[", count: 100), "it is not an object"),
    ("[{\"x\": \(String(repeating: "[", count: 100))", "nested deeper than 64 levels"),
    ("[{\"id\": \"../a\", \"label\": \"x\"}]", "leads out of"),
  ])
  func brokenSomethingSomething(text: String, reason: String) throws {
    try folder.write("a.webm")
    let message = message(try folder.write("train.json", text))
    #expect(message.contains(reason), "\(message)")
  }
}
