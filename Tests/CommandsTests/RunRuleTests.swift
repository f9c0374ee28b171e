import Foundation
import Testing

/// Clips that give a run no sample are told by every command before it, by the run's own words.
struct RunRuleTests {
  /// A workbench whose training list holds 8 good clips and one more row.
  private func bench(_ row: String, _ more: [String: String] = [:]) throws -> Workbench {
    let bench = try Workbench(steps: 2)
    for (name, text) in more { try bench.write(text, to: name) }
    let rows = (0..<8).map { "set/clips/00000\($0).mp4,a clip,,\n" }.joined()
    try bench.write("path,caption,start,end\n" + rows + row + "\n", to: "list.csv")
    return bench
  }

  private func keys(_ bench: Workbench, _ more: [String]) -> [String] {
    (["data.train=\(bench.path)/list.csv", "data.badClipTolerance=0"] + more).flatMap { ["--set", $0] }
  }

  /// A row that no sample can be made of, what else the recipe says, and why it is bad.
  private static let rows: [(row: String, keys: [String], reason: String)] = [
    // The set's clips last half a second: four frames at 8 a second.
    ("set/clips/000008.mp4,late,7,", [], "the piece starts at 7.0 s, but the clip ends at 0.5 s"),
    ("set/clips/000008.mp4,short,0.4,", [], "1 of the 4 frames"),
    ("text.mp4,text,,", [], "Invalid data found"),
    ("picture.mp4,a text,,", [], "Invalid data found"),
  ]

  @Test(arguments: rows) func aBadClipIsToldBeforeTheRun(row: String, keys more: [String], reason: String)
    throws
  {
    let bench = try bench(row, ["text.mp4": "This is a text.", "picture.mp4": "\u{89}PNG is no picture"])
    let keys = keys(bench, more)
    let run = try bench.pretrain(
      "--set", "data.train=\(bench.path)/list.csv", "--set", "data.badClipTolerance=0", "--set",
      "training.steps=9")
    #expect(
      run.code == 65 && run.errors.contains("1 of the 9 clips") && run.errors.contains(reason),
      "\(run.errors)")

    let plan = try vfm(["vfm-train", "pretrain", bench.recipe, "--plan"] + keys)
    #expect(plan.code == 65 && plan.errors.contains("1 of the 9 clips"), "\(plan.errors)")
    #expect(plan.errors.contains(reason), "\(plan.errors)")

    try bench.write(
      String(contentsOfFile: bench.recipe, encoding: .utf8)
        .replacing("\"frames\": 4", with: "\"badClipTolerance\": 0, \"frames\": 4"), to: "strict.json")
    let check = try vfm([
      "vfm-data", "check", bench.path + "/list.csv", "--recipe", bench.path + "/strict.json",
    ])
    #expect(check.code == 65 && check.output.contains(reason), "\(check.output)")
    #expect(
      check.output.contains("would stop: 1 clip of it gives no sample, where 0 are tolerated"),
      "\(check.output)")

    let pack = try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"] + keys)
    #expect(pack.code == 65 && pack.errors.contains("1 of the 9 clips"), "\(pack.errors)")
    #expect(pack.errors.contains(reason), "\(pack.errors)")
  }

  @Test func anIndexTellsTheSame() throws {
    let bench = try bench("set/clips/000008.mp4,late,7,")
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/list.csv", "--output", index]).code == 0)
    let keys = keys(bench, ["data.index=\(index)"])
    let plan = try vfm(["vfm-train", "pretrain", bench.recipe, "--plan"] + keys)
    #expect(plan.code == 65 && plan.errors.contains("the clip ends at 0.5 s"), "\(plan.errors)")
    let check = try vfm(
      ["vfm-data", "check", bench.path + "/list.csv", "--recipe", bench.recipe, "--index", index])
    #expect(
      check.output.contains("000008.mp4: choosing frames: the piece starts at 7.0 s"), "\(check.output)")
    #expect(
      check.output.contains("would leave out 1 clip that gives no sample; 1 is tolerated"), "\(check.output)"
    )
    let curated = try vfm(
      [
        "vfm-data", "curate", bench.recipe, "--output", bench.path + "/curated.jsonl", "--set",
        "curation.minSeconds=0.1",
        "--set", "curation.minSharpness=0", "--set", "curation.duplicateDistance=-1",
      ] + keys)
    #expect(curated.code == 0, "\(curated.errors)")
    let dropped = try String(contentsOfFile: bench.path + "/curated.dropped.jsonl", encoding: .utf8)
    #expect(dropped.contains("\"unusable\"") && dropped.contains("the clip ends at 0.5 s"), "\(dropped)")
  }

  /// More pixels than the recipe lets a clip have: known from the index, too, where that was made under another limit.
  @Test func tooManyPixels() throws {
    let bench = try Workbench(steps: 2)
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/set/train.jsonl", "--output", index]).code == 0)
    for more in [[], ["--set", "data.index=\(index)"]] {
      let plan = try vfm(
        ["vfm-train", "pretrain", bench.recipe, "--plan", "--set", "data.limits.maxPixels=255"] + more)
      #expect(plan.code == 65 && plan.errors.contains("data.limits.maxPixels"), "\(plan.errors)")
    }
  }

  /// A run leaves out what the index tells before its first step, and trains on as without one.
  @Test func samplesDoNotDependOnTheIndex() throws {
    let bench = try bench("set/clips/000008.mp4,late,7,")
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/list.csv", "--output", index]).code == 0)
    let list = "data.train=\(bench.path)/list.csv"
    let one = try bench.pretrain("--json", "--set", list, output: bench.path + "/one")
    let two = try bench.pretrain(
      "--json", "--set", list, "--set", "data.index=\(index)", output: bench.path + "/two")
    #expect(one.json["hash"] as? String != nil && one.json["hash"] as? String == two.json["hash"] as? String)
    #expect(
      two.errors.contains("1 clip is left out: by \(index) no sample can be made of it"), "\(two.errors)")
  }

  /// An index that lacks clips stops a run, so checks and packs tell it, too.
  @Test func anIndexThatLacksClips() throws {
    let bench = try Workbench()
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/set/train.jsonl", "--output", index]).code == 0)
    let lines = try String(contentsOfFile: index, encoding: .utf8).split(separator: "\n").dropLast(2)
    try bench.write(lines.joined(separator: "\n") + "\n", to: "index.jsonl")
    try bench.write(
      String(contentsOfFile: bench.recipe, encoding: .utf8)
        .replacing("\"frames\": 4", with: "\"index\": \"\(index)\", \"frames\": 4"), to: "indexed.json")
    let check = try vfm([
      "vfm-data", "check", bench.path + "/set/train.jsonl", bench.path + "/set/validation.jsonl", "--recipe",
      bench.path + "/indexed.json",
    ])
    #expect(
      check.code == 65
        && check.output.contains("would stop: 2 clips of it are not in the index (data.index)"),
      "\(check.output)")
    #expect(!check.output.contains("validation.jsonl would stop"), "\(check.output)")
    let pack = try vfm(["vfm-data", "pack", bench.path + "/indexed.json", "--output", bench.path + "/pack"])
    #expect(pack.code == 65 && pack.errors.contains("2 clips of the manifest are not in"), "\(pack.errors)")
  }

  /// A clip that the index calls unreadable is left out of a run on the pack, and counts when it is packed.
  @Test func aPackHeedsTheIndex() throws {
    let bench = try bench("set/clips/000008.mp4,fine,,")
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/list.csv", "--output", index]).code == 0)
    var lines = try String(contentsOfFile: index, encoding: .utf8).components(separatedBy: "\n")
    for place in lines.indices where lines[place].contains("000008") {
      let verdict = #""verdict":"unreadable","reason":"no frame""#
      lines[place] = lines[place].replacing(#""verdict":"good""#, with: verdict)
    }
    try bench.write(lines.joined(separator: "\n"), to: "index.jsonl")
    let keys = keys(bench, ["data.index=\(index)"])
    let pack = try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"] + keys)
    #expect(pack.code == 65 && pack.errors.contains("1 of the 9 clips"), "\(pack.errors)")
    #expect(pack.errors.contains("no frame"), "\(pack.errors)")
  }

  /// Only clips to train on stop a run: those of other splits and of the held-out list do not count.
  @Test func otherSplitsDoNotStopARun() throws {
    let bench = try bench("set/clips/000008.mp4,late,7,")
    let list = try String(contentsOfFile: bench.path + "/list.csv", encoding: .utf8)
    let rows = list.split(separator: "\n").dropFirst()
    let split = rows.map { $0 + ($0.contains("late") ? ",test" : ",train") }
    try bench.write("path,caption,start,end,split\n" + split.joined(separator: "\n") + "\n", to: "split.csv")
    try bench.write(list, to: "heldout.csv")
    try bench.write(
      String(contentsOfFile: bench.recipe, encoding: .utf8)
        .replacing("\"frames\": 4", with: "\"badClipTolerance\": 0, \"frames\": 4")
        .replacing("set/validation.jsonl", with: "heldout.csv"), to: "strict.json")
    let check = try vfm([
      // The recipe names the held-out list by another path.
      "vfm-data", "check", bench.path + "/split.csv", bench.path + "/./heldout.csv", "--recipe",
      bench.path + "/strict.json", "--json",
    ])
    let rules = try #require(check.json["rules"] as? [[String: Any]], "\(check.output)\(check.errors)")
    #expect(rules.map { $0["unusable"] as? Int } == [0, 1], "\(rules)")
    #expect(rules[0]["tolerated"] as? Int == 0 && rules[1]["tolerated"] == nil, "\(rules)")
    // Named once for each list that has it.
    #expect((check.json["unusable"] as? [Any])?.count == 2, "\(check.output)")
  }

  /// A clip that is not the one that was indexed: left out by the run, so by all that go before it.
  @Test func aClipThatChangedSinceItWasIndexed() throws {
    let bench = try bench("set/clips/000008.mp4,another,,")
    let index = bench.path + "/index.jsonl"
    #expect(try vfm(["vfm-data", "index", bench.path + "/list.csv", "--output", index]).code == 0)
    let clips = bench.path + "/set/clips/"
    try FileManager.default.removeItem(atPath: clips + "000008.mp4")
    try FileManager.default.copyItem(atPath: clips + "000009.mp4", toPath: clips + "000008.mp4")
    let reason = "since it was indexed: it had "
    let keys = keys(bench, ["data.index=\(index)"])
    let run = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output] + keys + [
        "--set", "training.steps=9",
      ])
    #expect(run.code == 65 && run.errors.contains(reason), "\(run.errors)")
    let pack = try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"] + keys)
    #expect(pack.code == 65 && pack.errors.contains(reason), "\(pack.errors)")
    let curated = try vfm(
      [
        "vfm-data", "curate", bench.recipe, "--output", bench.path + "/curated.jsonl", "--set",
        "curation.minSeconds=0.1", "--set", "curation.minSharpness=0", "--set",
        "curation.duplicateDistance=-1",
      ] + keys)
    #expect(curated.code == 0, "\(curated.errors)")
    let dropped = try String(contentsOfFile: bench.path + "/curated.dropped.jsonl", encoding: .utf8)
    #expect(dropped.contains("\"unusable\"") && dropped.contains("when it was indexed and has"), "\(dropped)")
  }
}
