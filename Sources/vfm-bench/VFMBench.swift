import ArgumentParser
import Commands

@main
struct VFMBench: ParsableCommand {
  static func main() { mainOrServe() }

  static let configuration = CommandConfiguration(
    commandName: "vfm-bench",
    abstract: "Measures how fast this machine trains and reads clips.",
    discussion: "Machines differ and are shared: compare figures of one run, never of two.",
    subcommands: [
      AllCommand.self, StepCommand.self, MaskedCommand.self, AutoencoderCommand.self, RoofCommand.self,
      KernelsCommand.self,
      OptimizerCommand.self,
      SweepCommand.self, SamplingCommand.self, CheckpointCommand.self, DecodeCommand.self,
    ], defaultSubcommand: AllCommand.self)
}
