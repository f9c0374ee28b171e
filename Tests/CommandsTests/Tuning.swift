import SyntheticClips

/// A bench with a trained run of words, and a set of a colour and a shape that it never saw.
struct Tuning {
  let bench: Workbench
  var data: String { bench.path + "/narrow/train.jsonl" }
  var folder: String { bench.path + "/tuned" }

  init() throws {
    bench = try Workbench()
    let base = try bench.pretrain("--set", "tokenizer.kind=words")
    precondition(base.code == 0, base.errors)
    try SyntheticSet.write(
      to: bench.path + "/narrow",
      SyntheticSettings(
        clips: 20, seed: 4, colours: [.cyan], shapes: [.star], width: 16, height: 16, frames: 4))
  }

  func command(_ more: [String], output: String) -> [String] {
    [
      "vfm-train", "finetune", "--base", bench.output, "--data", data, "--output", output, "--json",
      "--set", "training.steps=20", "--set", "training.checkpointEvery=7", "--set", "samples.steps=2",
      "--set", "start.lora.rank=4",
    ] + more
  }

  func finetune(_ more: String..., output: String? = nil) throws -> CommandResult {
    try vfm(command(more, output: output ?? folder))
  }
}
