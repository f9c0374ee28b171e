import Foundation
import Testing

/// `vfm-eval` on tiny models that tell the shapes of the embedded set apart.
@Suite(.serialized) struct ClassEvalTests {
  /// The folder of a trained run.
  private func trained(
    _ bench: Workbench, labels: String = "shape", name: String = "shapes", steps: Int = 4
  ) throws -> String {
    try bench.write(
      """
      {
        "version": 2, "task": { "kind": "classification" },
        "data": { "train": "\(bench.path)/set/train.jsonl", "validation": "\(bench.path)/set/validation.jsonl",
          "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        "model": { "width": 24, "depth": 1, "heads": 2, "feedForward": 32, "patch": [2, 8, 8] },
        "labels": { "from": "\(labels)" },
        "training": { "steps": \(steps), "batchSize": 4, "checkpointEvery": 2, "validateEvery": 2 }
      }
      """, to: "\(name).json")
    let output = bench.path + "/" + name
    let run = try vfm(["vfm-train", "pretrain", bench.path + "/\(name).json", "--output", output])
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("classification  top 1: "), "\(run.errors)")
    #expect(run.errors.contains("cross entropy: "))
    return output
  }

  private func eval(_ run: String, _ manifest: String, _ more: String...) throws -> CommandResult {
    try vfm(["vfm-eval", "--checkpoint", run, "--manifest", manifest] + more)
  }

  @Test func figuresOfSeveralRunsStandInOneTable() throws {
    let bench = try Workbench()
    let run = try trained(bench)
    func keep(_ name: String, _ more: String...) throws -> String {
      let result = try vfm(
        ["vfm-eval", "--checkpoint", run, "--manifest", bench.path + "/set/test.jsonl", "--json"] + more)
      try bench.write(result.output, to: name + ".json")
      return bench.path + "/\(name).json"
    }
    let (first, second) = (try keep("first run"), try keep("second"))
    let same = try vfm(["vfm-eval", "compare", first, second])
    #expect(same.code == 0 && same.errors.isEmpty, "\(same.errors)")
    let lines = same.output.split(separator: "\n")
    #expect(
      lines.count == 4 && lines[2].hasPrefix("first run ") && lines[3].hasPrefix("second "), "\(same.output)")
    let other = try vfm(["vfm-eval", "compare", first, try keep("views", "--views", "3x1")])
    #expect(other.code == 0 && other.output.contains("views *"), "\(other.output)")
    #expect(
      other.errors.contains("measured on 3x1 views of each clip instead of 1x1 views"), "\(other.errors)")
    let none = try vfm(["vfm-eval", "compare", first, bench.path + "/none.json"])
    #expect(none.code == 66 && none.errors.contains("none.json is not there"), "\(none.errors)")
    let recipe = try vfm(["vfm-eval", "compare", bench.path + "/shapes.json"])
    #expect(recipe.code == 65 && recipe.errors.contains("holds no figures of classes"), "\(recipe.errors)")
  }

  @Test func figuresStandInOneObject() throws {
    let bench = try Workbench()
    let run = try trained(bench)
    let test = bench.path + "/set/test.jsonl"
    let result = try eval(run, test, "--json", "--views", "3x2")
    #expect(result.code == 0, "\(result.errors)")
    let json = result.json
    for key in ["top1", "meanClass", "calibrationError", "crossEntropy"] {
      #expect(json[key] is Double, "\(key)")
    }
    // Three classes have no top 5.
    #expect(json["top5"] == nil && json["kind"] as? String == "classification")
    #expect(json["heldOutLoss"] as? Double == json["crossEntropy"] as? Double)
    #expect(json["views"] as? [String: Int] == ["offsets": 3, "crops": 2])
    #expect(
      ((json["perClass"] as? [[String: Any]]) ?? []).map { $0["name"] as? String } == [
        "circle", "square", "triangle",
      ])
    let clips = try #require(json["clips"] as? Int)
    let counts = try #require((json["confusion"] as? [String: Any])?["counts"] as? [[Int]])
    #expect(counts.joined().reduce(0, +) == clips)
    #expect((json["provenance"] as? [String: Any])?["views"] as? String == "3x2")
    #expect(json["trainedOn"] == nil && json["base"] == nil)
    // Neither threads nor processes of their own change a bit.
    #expect(
      try eval(run, test, "--json", "--views", "3x2", "--threads", "1", "--isolate").output == result.output)
    let page = try String(contentsOfFile: run + "/report.html", encoding: .utf8)
    #expect(page.contains("<h2>Classes of held-out clips</h2>"))
  }

  @Test func theReportAndThePicturesAreWritten() throws {
    let bench = try Workbench()
    let run = try trained(bench)
    let files = ["report.html", "mistakes.png", "confusion.png"].map { bench.path + "/" + $0 }
    let result = try eval(
      run, bench.path + "/set/test.jsonl", "--report", files[0], "--sheet", files[1], "--confusion", files[2],
      "--base", run + "/checkpoints/step-00000002.h5")
    #expect(result.code == 0, "\(result.errors)")
    for words in ["classification of 3 classes", "by class", "mean class", "1x1 views", "top 1 "] {
      #expect(result.output.contains(words), "\(words) not in \(result.output)")
    }
    #expect(result.output.contains("base   95 % range"))
    #expect(FileManager.default.fileExists(atPath: files[2]))
    let hasMistakes = result.output.contains("most confident mistakes")
    #expect(FileManager.default.fileExists(atPath: files[1]) == hasMistakes)
    let page = try String(contentsOfFile: files[0], encoding: .utf8)
    #expect(page.contains("<h2>What was taken for what</h2>") && page.contains("data:image/png"))
    #expect(!page.contains("http:") && !page.contains("https:"))
  }

  @Test func clipsThatWereTrainedOnAreRefused() throws {
    let bench = try Workbench()
    let run = try trained(bench)
    let train = bench.path + "/set/train.jsonl"
    let own = try eval(run, train)
    #expect(own.code == 65 && own.output.isEmpty, "\(own.errors)")
    for words in ["are among the training clips, \(train): clips/", "--split test", "--allow-shared"] {
      #expect(own.errors.contains(words), "\(own.errors)")
    }
    // A copy under another name, among clips of another split.
    let lines = try String(contentsOfFile: train, encoding: .utf8).split(separator: "\n")
    let first = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    let path = try #require(first["path"] as? String)
    try FileManager.default.copyItem(
      atPath: "\(bench.path)/set/\(path)", toPath: bench.path + "/set/copy.mp4")
    let test = try String(contentsOfFile: bench.path + "/set/test.jsonl", encoding: .utf8)
    try bench.write(test + lines[0].replacing(path, with: "copy.mp4") + "\n", to: "set/mixed.jsonl")
    let copy = try eval(run, bench.path + "/set/mixed.jsonl")
    #expect(copy.code == 65 && copy.errors.contains("1 of the "), "\(copy.errors)")
    #expect(copy.errors.contains("training clips, \(train): copy.mp4."), "\(copy.errors)")

    let allowed = try eval(run, bench.path + "/set/mixed.jsonl", "--allow-shared")
    #expect(allowed.code == 0 && allowed.errors.contains("copy.mp4"), "\(allowed.errors)")
    #expect(allowed.output.contains("caution: 1 of the "))
    let json = try eval(run, bench.path + "/set/mixed.jsonl", "--allow-shared", "--json").json
    #expect(json["trainedOn"] as? Int == 1)
    // Where the training clips are gone, that is said.
    try FileManager.default.moveItem(atPath: train, toPath: train + ".away")
    let unknown = try eval(run, bench.path + "/set/mixed.jsonl", "--clips", "1")
    #expect(
      unknown.code == 0 && unknown.errors.contains("--training to see whether the clips are among them"))
  }

  @Test func clipsWithoutAKnownClassAreNamedAndBasesOfOtherClassesRefused() throws {
    let bench = try Workbench()
    let run = try trained(bench)
    let test = try String(contentsOfFile: bench.path + "/set/test.jsonl", encoding: .utf8)
    let first = String(test.split(separator: "\n")[0])
    let shape = try #require(
      ["circle", "square", "triangle"].first { first.contains("\"shape\":\"\($0)\"") })
    let other = first.replacing("\"shape\":\"\(shape)\"", with: "\"shape\":\"moon\"")
    try bench.write(test + other + "\n", to: "set/moon.jsonl")
    let some = try eval(run, bench.path + "/set/moon.jsonl")
    #expect(some.code == 0, "\(some.errors)")
    #expect(
      some.errors.contains("has no label among the model's classes and is left out: clips/"), "\(some.errors)"
    )
    try bench.write(other + "\n", to: "set/none.jsonl")
    let none = try eval(run, bench.path + "/set/none.jsonl")
    #expect(none.code == 65 && none.errors.contains("(circle, square, triangle)"), "\(none.errors)")

    let colours = try trained(bench, labels: "colour", name: "colours", steps: 2)
    let mixed = try eval(run, bench.path + "/set/test.jsonl", "--base", colours)
    #expect(mixed.code == 65 && mixed.errors.contains("tells other classes apart"), "\(mixed.errors)")
  }
}
