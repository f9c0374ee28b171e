import ArgumentParser
import Commands

@main
struct VFMTrain: ParsableCommand {
  static func main() { mainOrServe() }

  static let configuration = CommandConfiguration(
    commandName: "vfm-train",
    abstract: "Train and fine-tune video models, on CPUs.",
    discussion: """
      Exit codes: 0 done, 64 wrong usage, 65 a recipe, manifest or checkpoint says something wrong, 66 an input is missing, \
      70 a bug of this program or a run that hangs, 73 an output cannot be created, 74 reading or writing failed (a full disk included), \
      75 stopped on request with everything saved (run the same command again to go on), 76 the run diverged.
      """,
    subcommands: [Pretrain.self, Finetune.self, Merge.self, Inspect.self])
}
