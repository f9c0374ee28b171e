import Checkpoints
import Clips
import Foundation
import Testing

@testable import Training

/// Stops at any moment: what was at work is made up for when the run goes on, and nothing is lost.
@Suite struct StoppedRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Says to stop from the n-th time on that it is asked.
  private final class Patience {
    private var left: Int
    init(_ times: Int) { left = times }
    func isOver() -> Bool {
      left -= 1
      return left < 0
    }
  }

  private func train(
    _ state: RunState, _ run: SmallRun, _ witness: Witness, _ path: String, stopAtQuestion times: Int = .max
  ) throws -> Trainer.Outcome {
    let patience = Patience(times)
    return try Trainer(
      state, loader: run.loader(from: state.loaderStep),
      heldOut: HeldOutClips(clips: ClipReader(run.manifest, shape: run.blueprint.clipShape, limit: 3)),
      folder: CheckpointFolder(path), observer: witness
    ).run(shouldStop: patience.isOver)
  }

  /// Whenever a stop comes, the run that goes on ends as one that was not stopped: with the same state, looks and samples.
  @Test func aStopAtAnyMomentLosesNothing() throws {
    let run = try SmallRun(
      in: folder, steps: 4, "training.validateEvery=2", "training.sampleEvery=2", "training.checkpointEvery=3"
    )
    let whole = try RunState(run.blueprint)
    let calm = Witness()
    #expect(try train(whole, run, calm, folder.path + "/whole") == .finished)
    var (times, stops) = (0, 0)
    while true {
      let path = folder.path + "/run\(times)"
      let first = Witness()
      first.hasSamples = false
      var state = try RunState(run.blueprint)
      let outcome = try train(state, run, first, path, stopAtQuestion: times)
      if outcome == .finished { break }
      stops += 1
      let second = Witness()
      (second.hasSamples, second.sampled) = (false, first.sampled)
      if let found = try CheckpointFolder(path).newest() {
        state = try RunState(Blueprint(found.checkpoint))
        try state.restore(found.checkpoint)
        #expect(found.step == first.steps.last?.step, "stopped at question \(times)")
      } else {
        #expect(first.steps.isEmpty)
        state = try RunState(run.blueprint)
      }
      #expect(try train(state, run, second, path) == .finished)
      #expect(state.hash == whole.hash, "stopped at question \(times)")
      #expect(second.sampled == calm.sampled, "stopped at question \(times)")
      let looks = first.looks + second.looks
      #expect(looks.map(\.step) == calm.looks.map(\.step), "stopped at question \(times)")
      #expect(looks.map { $0.heldOut[0].figures } == calm.looks.map { $0.heldOut[0].figures })
      times += 1
    }
    // Once before each step and after it, and in each look and sample.
    #expect(stops > 20, "\(stops)")
  }

  /// A clip list that runs dry, or a disk that does, does not cost what was learned.
  @Test func everyEndSavesWhatIsWhole() throws {
    let run = try SmallRun(in: folder, steps: 9)
    let state = try RunState(run.blueprint)
    struct Trouble: Error {}
    let loader = run.loader(from: 0)
    let witness = Witness()
    let trainer = Trainer(
      state, loader: loader, folder: CheckpointFolder(folder.path + "/run"), observer: witness)
    #expect(throws: CancellationError.self) {
      _ = try trainer.run(shouldStop: {
        if state.step == 3 { loader.stop() }
        return false
      })
    }
    #expect(try CheckpointFolder(folder.path + "/run").list().map(\.step) == [state.step])
    #expect(state.step >= 3)
  }
}
