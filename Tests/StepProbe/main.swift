import FixedStep
import Tensors

// Takes so many fixed steps: `make guard` counts the instructions of two runs, whose difference is that of steps alone.
//
//   step-probe STEPS

Parallel.threads = 1  // a second thread would wait for work, and be counted while it waits
let steps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1
let step = FixedStep()
for _ in 0..<steps { print("loss \(step.run())") }
