import Foundation
import Testing

/// What fine-tuning refuses, each with one message.
@Suite(.serialized) struct FinetuneRefusalTests {
  @Test func whatIsWrongIsSaidInOneMessage() throws {
    let tuning = try Tuning()
    let output = tuning.bench.path + "/none"
    func refusal(_ code: Int32, _ words: String..., setting: String...) throws {
      let result = try vfm(
        ["vfm-train", "finetune", "--base", tuning.bench.output, "--data", tuning.data, "--output", output]
          + setting)
      #expect(result.code == code, "\(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(word) in \(result.errors)") }
      #expect(!result.errors.contains("Fatal error"))
    }
    let missing = try vfm(["vfm-train", "finetune", "--data", tuning.data])
    #expect(missing.code == 64 && missing.errors.contains("give --base"), "\(missing.errors)")
    let nothing = try vfm(["vfm-train", "finetune", "--base", tuning.bench.output])
    #expect(nothing.code == 64 && nothing.errors.contains("give --data"), "\(nothing.errors)")
    let absent = try vfm([
      "vfm-train", "finetune", "--base", tuning.bench.path + "/no.h5", "--data", tuning.data,
    ])
    #expect(absent.code == 66 && absent.errors.contains("no.h5"), "\(absent.errors)")
    try refusal(65, "has no head to train alone", setting: "--method", "head")
    try refusal(
      65, "start.lora.targets: no linear layer is called \"transformer.bloks\"",
      "did you mean \"transformer.blocks\"?",
      setting: "--set", "start.lora.targets=[\"transformer.bloks\"]")
    try refusal(
      65, "start.lora.rank: 30 is more than the smaller side of", setting: "--set", "start.lora.rank=30")
    try refusal(
      65, "are not those of this recipe's model",
      "transformer.patch_embedding.weight is [24, 3, 2, 8, 8] instead of [36, 3, 2, 8, 8]",
      setting: "--set", "model.width=36", "--method", "full")
    try tuning.bench.write(
      """
      {"version": 2, "task": {"kind": "denoising"}, "training": {"steps": 2}, "tokenizer": {"kind": "words"},
       "data": {"train": "x", "frames": 4, "height": 16, "width": 16, "frameRate": 8},
       "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16}}
      """, to: "denoising.json")
    let kind = try vfm([
      "vfm-train", "finetune", tuning.bench.path + "/denoising.json", "--base", tuning.bench.output, "--data",
      tuning.data, "--output", output,
    ])
    #expect(kind.code == 65 && kind.errors.contains("is of task.kind \"textToVideo\""), "\(kind.errors)")
    try tuning.bench.write("", to: "empty.jsonl")
    let empty = try vfm([
      "vfm-train", "finetune", "--base", tuning.bench.output, "--data", tuning.bench.path + "/empty.jsonl",
    ])
    #expect(empty.code == 65 && empty.errors.contains("empty.jsonl"), "\(empty.errors)")
    #expect(!FileManager.default.fileExists(atPath: output + "/checkpoints"))
  }

  @Test func whatWouldBeMergedIsNotOverwritten() throws {
    let tuning = try Tuning()
    let tuned = try tuning.finetune()
    #expect(tuned.code == 0, "\(tuned.errors)")
    let (adapter, base) = (
      tuning.folder + "/checkpoints/step-00000020.h5", tuning.bench.output + "/checkpoints/step-00000004.h5"
    )
    for output in [adapter, base] {
      let before = try Data(contentsOf: URL(fileURLWithPath: output))
      let merge = try vfm(["vfm-train", "merge", tuning.folder, "--output", output])
      #expect(
        merge.code == 73 && merge.errors.contains("lies among the checkpoints of a run"), "\(merge.errors)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == before)
    }
    let copy = tuning.bench.path + "/copy.h5"
    try FileManager.default.copyItem(atPath: adapter, toPath: copy)
    let itself = try vfm(["vfm-train", "merge", copy, "--output", copy])
    #expect(itself.code == 73 && itself.errors.contains("is what would be merged"), "\(itself.errors)")
    try FileManager.default.createDirectory(
      atPath: tuning.bench.path + "/folder.h5", withIntermediateDirectories: true)
    let folder = try vfm(["vfm-train", "merge", tuning.folder, "--output", tuning.bench.path + "/folder.h5"])
    #expect(folder.code == 73 && folder.errors.contains("is a folder"), "\(folder.errors)")
    let pipe = tuning.bench.path + "/pipe.h5"
    #expect(mkfifo(pipe, 0o600) == 0)
    let device = try vfm(["vfm-train", "merge", tuning.folder, "--output", pipe])
    #expect(device.code == 73 && device.errors.contains("is a device or a pipe"), "\(device.errors)")
    let report = try vfm([
      "vfm-eval", "--checkpoint", tuning.folder, "--manifest", tuning.data, "--report", tuning.data,
    ])
    #expect(report.code == 64 && report.errors.contains("ends in .html or .htm"), "\(report.errors)")
  }

  @Test func adaptersNeedABaseAlsoForAPlan() throws {
    let bench = try Workbench()
    for more in [["--plan"], []] {
      let result = try vfm(
        ["vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--set", "start.method=lora"] + more
      )
      #expect(result.code == 65 && result.errors.contains("so it needs a base"), "\(result.errors)")
    }
  }
}
