import Checkpoints
import Foundation
import Isolation
import TestPrograms
import Video

// Serves as an isolated process for tests, whose own program cannot: what commands serve, and trials of what the sandbox
// lets through.

IsolatedServices.serveIfAsked([
  .clips: ClipService.serve, .checkpoints: CheckpointService.serve, .trials: TrialService.serve,
])
print("isolation-probe is started by tests")
