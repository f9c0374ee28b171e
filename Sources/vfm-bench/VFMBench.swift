import ArgumentParser

@main
struct VFMBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vfm-bench",
    abstract: "Measures how fast this machine trains and reads clips.",
    discussion: "Machines differ and are shared: compare figures of one run, never of two.",
    subcommands: [StepCommand.self, RoofCommand.self, DecodeCommand.self])
}
