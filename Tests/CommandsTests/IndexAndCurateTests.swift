import ClipIndexing
import Foundation
import Manifests
import Testing
import Video

/// A folder of clips with a manifest and a recipe; it goes with the test.
private final class ClipFolder {
  let path = NSTemporaryDirectory() + "vfm-clips-" + UUID().uuidString
  var index: String { path + "/index.jsonl" }

  /// So many clips of a square that moves before stripes, of 12 frames at 10 a second.
  init(clips: Int = 4, frames: Int = 12) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var rows = "path,caption,label,split\n"
    for clip in 0..<clips {
      try write((0..<frames).map { picture(clip, $0) }, to: "\(clip).mp4")
      rows += "\(clip).mp4,\"clip \(clip), moving\",\(clip % 2),train\n"
    }
    try write(rows, to: "list.csv")
    try write(
      """
      {"data": {"train": "\(path)/list.csv", "index": "\(index)", "frames": 4, "height": 16, "width": 16, "frameRate": 8},
       "curation": {"minSharpness": 0.0001, "minSeconds": 0.5}, "training": {"steps": 1}}
      """, to: "recipe.json")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  func write(_ pictures: [Picture], to name: String) throws {
    let writer = try VideoWriter(
      path: "\(path)/\(name)", width: pictures[0].width, height: pictures[0].height, frameRate: 10)
    for picture in pictures { try writer.append(picture) }
    try writer.finish()
  }

  func picture(_ clip: Int, _ frame: Int) -> Picture {
    var pixels: [UInt8] = []
    for y in 0..<32 {
      for x in 0..<48 {
        let isSquare = (x - frame - 3 * clip) >= 4 && x - frame - 3 * clip < 14 && y >= 8 && y < 20
        let stripe = (clip % 2 == 0 ? x : y) * (clip + 3) % 24 * 6 + 40
        let level = UInt8(isSquare ? 230 : stripe)
        pixels += [level, level, level]
      }
    }
    return Picture(width: 48, height: 32, pixels: pixels)
  }

  func indexed(_ more: String...) throws -> CommandResult {
    try vfm(["vfm-data", "index", path + "/list.csv", "--output", index, "--threads", "2"] + more)
  }

  func curated(_ more: String...) throws -> CommandResult {
    try vfm(
      ["vfm-data", "curate", path + "/recipe.json", "--output", path + "/curated.jsonl"] + more)
  }
}

@Suite(.serialized) struct IndexAndCurateTests {
  private func expect(_ result: CommandResult, code: Int32, _ words: String...) {
    #expect(result.code == code, "\(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(word) not in: \(result.errors)") }
    #expect(!result.errors.contains("Fatal error"))
  }

  @Test func indexesAndGoesOn() throws {
    let folder = try ClipFolder()
    try folder.write("no video", to: "3.mp4")
    let first = try folder.indexed("--json")
    expect(first, code: 0, "unreadable: 3.mp4: open: ")
    #expect(first.json["good"] as? Int == 3 && first.json["unreadable"] as? Int == 1)
    let again = try folder.indexed()
    expect(again, code: 0)
    #expect(
      again.output
        == "\(folder.index): 3 good, 0 damaged and 1 unreadable clips; 4 of their lines were there\n")
    #expect(try ClipIndex.load(folder.index)["2.mp4"]?.frames == 12)
  }

  @Test func anInterruptFinishesTheLinesInHand() throws {
    let folder = try ClipFolder(clips: 6, frames: 200)
    let copies = (0..<60).map { "\($0 % 6)-\($0).mp4" }
    for (number, name) in copies.enumerated() {
      try FileManager.default.copyItem(
        atPath: "\(folder.path)/\(number % 6).mp4", toPath: "\(folder.path)/\(name)")
    }
    try folder.write("path,caption\n" + copies.map { "\($0),x\n" }.joined(), to: "list.csv")
    let result = try vfm(
      ["vfm-data", "index", folder.path + "/list.csv", "--output", folder.index, "--threads", "2"]
    ) { process in
      // Once a few lines are there it is at work.
      while process.isRunning, (try? folder.text("index.jsonl").count) ?? 0 < 1000 { usleep(2000) }
      kill(process.processIdentifier, SIGINT)
    }
    expect(
      result, code: 75, "finishing the clips in hand", "clips are left; to go on, run the same command again")
    let kept = try ClipIndex.load(folder.index)
    #expect(kept.lines.map(\.path) == Array(copies.prefix(kept.count)) && kept.count < 60)
    expect(try folder.indexed(), code: 0)
    #expect(try ClipIndex.load(folder.index).lines.map(\.path) == copies)
  }

  @Test func aFullDiskKeepsTheLines() throws {
    let folder = try ClipFolder(clips: 8)
    let result = try vfm(
      ["vfm-data", "index", folder.path + "/list.csv", "--output", folder.index], limit: 1)
    expect(result, code: 74, folder.index, "lines are intact", "run the same command again")
    let kept = try ClipIndex.load(folder.index)
    #expect(kept.count > 0 && kept.count < 8)
    #expect(result.errors.contains("its \(kept.count) lines"))
    expect(try folder.indexed(), code: 0)
    #expect(try ClipIndex.load(folder.index).count == 8)
  }

  @Test func wrongWordsOfIndex() throws {
    let folder = try ClipFolder(clips: 1)
    expect(try folder.indexed("--shard", "3/2"), code: 64, "shard")
    expect(try folder.indexed("--set", "data.limits.maxPixel=1"), code: 65, "data.limits.maxPixels")
    expect(try folder.indexed("--recipe", "/nowhere.json"), code: 66, "/nowhere.json")
    expect(
      try vfm(["vfm-data", "index", folder.path + "/list.csv", "--output", "/nowhere/i.jsonl"]), code: 73,
      "/nowhere/i.jsonl")
    expect(
      try vfm(["vfm-data", "index", folder.path + "/list.csv", "--output", folder.path + "/list.csv"]),
      code: 65,
      "list.csv: line 1")
    expect(try folder.indexed("--root", "/usr"), code: 65, "there is no file 0.mp4", "relative to /usr")
    expect(try folder.indexed("--set", "data.limits.maxPixels=100"), code: 0, "unreadable: 0.mp4")
  }

  @Test func curatesAndSaysWhy() throws {
    let folder = try ClipFolder()
    let black = Array(repeating: Picture(width: 48, height: 32), count: 10)
    try folder.write((0..<10).map { folder.picture(1, $0) } + black, to: "1.mp4")
    try folder.write((0..<12).map { folder.picture(0, $0) }, to: "2.mp4")
    try folder.write("no video", to: "3.mp4")
    expect(try folder.indexed(), code: 0)
    let result = try folder.curated("--sheet", folder.path + "/sheet.png")
    expect(result, code: 0)
    let kept = try Manifest.load(folder.path + "/curated.jsonl")
    #expect(kept.map(\.name) == ["0.mp4", "1.mp4"])
    #expect(kept[1].start == 0 && kept[1].end == 1 && kept[1].caption == "clip 1, moving")
    #expect(kept[1].label == "1" && kept[1].split == "train")
    let dropped = try folder.text("curated.dropped.jsonl")
    for words in [
      "black share 1 is above curation.maxBlack 0.1", "it shows what 0.mp4 shows from 0.0 s on",
      "\"rule\":\"unreadable\"",
    ] { #expect(dropped.contains(words), "\(dropped)") }
    #expect(result.output.contains("kept") && result.output.contains("dropped: maxBlack"))
    let sheet = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/sheet.png"))
    #expect(sheet.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func aManifestElsewhereIsReadWithARoot() throws {
    let folder = try ClipFolder(clips: 2)
    expect(try folder.indexed(), code: 0)
    try FileManager.default.createDirectory(atPath: folder.path + "/more", withIntermediateDirectories: true)
    let result = try vfm(
      ["vfm-data", "curate", folder.path + "/recipe.json", "--output", folder.path + "/more/curated.jsonl"])
    expect(result, code: 0, "read it with data.root \(folder.path)")
    let curated = try Manifest.load(folder.path + "/more/curated.jsonl", root: folder.path)
    #expect(curated.map(\.name) == ["0.mp4", "1.mp4"])
  }

  @Test func curationAsksForAnIndex() throws {
    let folder = try ClipFolder(clips: 2)
    expect(try folder.curated(), code: 66, "index.jsonl: there is no such file; make it with vfm-data index")
    try folder.write("", to: "index.jsonl")
    expect(try folder.curated(), code: 65, "2 clips", "run vfm-data index")
    try folder.write("{", to: "index.jsonl")
    expect(try folder.curated(), code: 65, "line 1: it is cut off")
    expect(try folder.curated("--set", "curation.minMotions=1"), code: 65, "curation.minMotion")
    expect(
      try vfm(["vfm-data", "curate", folder.path + "/recipe.json", "--output", folder.path + "/c.csv"]),
      code: 64,
      ".jsonl")
  }
}
