import Foundation
import Testing

@Suite struct CheckTests {
  @Test func tellsWhatASetHolds() throws {
    let bench = try Workbench()
    let manifests = ["train", "validation"].map { "\(bench.path)/set/\($0).jsonl" }
    let result = try vfm(["vfm-data", "check"] + manifests + ["--recipe", bench.recipe])
    #expect(result.code == 0, "\(result.output)\(result.errors)")
    for words in [
      "read as JSON Lines, because its name ends in .jsonl", "splits    train ", "labels    ",
      "captions  ", " of the 128 that are read of a caption",
      "Nothing is wrong. Of each clip only the beginning was decoded: vfm-data index decodes all.",
    ] { #expect(result.output.contains(words), "\(words) not in \(result.output)") }
  }

  @Test func tellsAllThatIsWrongAndExitsWith65() throws {
    let bench = try Workbench()
    try bench.write(
      "path,caption\nset/clips/000000.mp4,one\ngone.mp4,two\n../out.mp4,three\n", to: "list.csv")
    let result = try vfm(["vfm-data", "check", "\(bench.path)/list.csv"])
    #expect(result.code == 65 && result.errors.isEmpty)
    for words in [
      "line 3: there is no file gone.mp4", "line 4: ../out.mp4 leads out of \(bench.path)",
      "2 problems. Mend these",
      "Something is wrong",
    ] { #expect(result.output.contains(words), "\(words) not in \(result.output)") }
  }

  @Test func leaksAreWrong() throws {
    let bench = try Workbench()
    let train = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    try bench.write(train.replacing("\"train\"", with: "\"test\""), to: "set/leaky.jsonl")
    let result = try vfm(
      ["vfm-data", "check", "\(bench.path)/set/train.jsonl", "\(bench.path)/set/leaky.jsonl", "--json"])
    #expect(result.code == 65)
    let leaks = try #require(result.json["leaks"] as? [[String: Any]])
    #expect(leaks.count == (result.json["files"] as? Int) && leaks.first?["kind"] as? String == "same file")
  }

  @Test func anIndexIsLookedUp() throws {
    let bench = try Workbench()
    let digest = String(repeating: "a", count: 64)
    let line =
      "{\"path\": \"clips/000000.mp4\", \"bytes\": 1, \"sha256\": \"\(digest)\", \"verdict\": \"good\"}\n"
    try bench.write(line, to: "index.jsonl")
    let manifest = "\(bench.path)/set/train.jsonl"
    let changed = try vfm(["vfm-data", "check", manifest, "--index", bench.path + "/index.jsonl"])
    #expect(changed.code == 65 && changed.output.contains("bytes, but the index says 1"))
    try bench.write(line + "{\"path\": 3}\n", to: "index.jsonl")
    let broken = try vfm(["vfm-data", "check", manifest, "--index", bench.path + "/index.jsonl"])
    #expect(broken.code == 65 && broken.errors.contains("line 2"))
    let none = try vfm(["vfm-data", "check", manifest, "--index", bench.path + "/none.jsonl"])
    #expect(none.code == 66 && none.errors.contains("none.jsonl"))
  }

  @Test func aManifestThatIsNotThere() throws {
    let result = try vfm(["vfm-data", "check", "/nowhere/list.csv"])
    #expect(result.code == 66 && result.output.contains("there is no such file or folder"))
    #expect(try vfm(["vfm-data", "check"]).code == 64)
  }

  @Test func trainingKeepsToTheRoot() throws {
    let bench = try Workbench()
    try FileManager.default.createDirectory(atPath: bench.path + "/lists", withIntermediateDirectories: true)
    let train = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    try bench.write(train, to: "lists/train.jsonl")
    let list = "data.train=\(bench.path)/lists/train.jsonl"
    let outside = try bench.pretrain("--set", list, "--plan")
    #expect(outside.code == 65 && outside.errors.contains("there is no file clips/"))
    let inside = try bench.pretrain("--set", list, "--set", "data.root=\(bench.path)/set", "--plan")
    #expect(inside.code == 0, "\(inside.errors)")
    try bench.write("path,caption\n../set/clips/000000.mp4,x\n", to: "lists/out.csv")
    let escaping = try bench.pretrain("--set", "data.train=\(bench.path)/lists/out.csv", "--plan")
    #expect(escaping.code == 65 && escaping.errors.contains("data.root"), "\(escaping.errors)")
  }
}
