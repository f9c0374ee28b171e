import ArgumentParser
import Commands

/// Figures of models, and what can be done with what they make of clips.
@main
struct EvalCommands: ParsableCommand {
  static func main() { mainOrServe() }

  static let configuration = CommandConfiguration(
    commandName: "vfm-eval", abstract: "Measure models, and search and probe what they make of clips.",
    discussion: """
      Without the name of a subcommand it measures: vfm-eval --checkpoint C --manifest M is vfm-eval measure --checkpoint C \
      --manifest M, whose options vfm-eval measure --help tells. Exit codes are those of vfm-train.
      """,
    subcommands: [
      VFMEval.self, FeaturesCommand.self, NearestCommand.self, ProbeCommand.self, CompareCommand.self,
    ],
    defaultSubcommand: VFMEval.self)
}
