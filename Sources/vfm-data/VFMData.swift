import ArgumentParser

@main
struct VFMData: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vfm-data", abstract: "Make and look after sets of captioned clips.",
    discussion: "Exit codes are those of vfm-train.",
    subcommands: [Synthesize.self, IndexCommand.self, Curate.self])
}
