import ArgumentParser
import Commands

@main
struct VFMData: ParsableCommand {
  static func main() { mainOrServe() }

  static let configuration = CommandConfiguration(
    commandName: "vfm-data", abstract: "Make and look after sets of captioned clips.",
    discussion: "Exit codes are those of vfm-train.",
    subcommands: [
      Synthesize.self, Check.self, IndexCommand.self, Curate.self, Pack.self, Encode.self, Mix.self,
    ])
}
