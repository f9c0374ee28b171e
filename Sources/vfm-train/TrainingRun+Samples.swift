import Commands
import Report
import Sampling
import Tasks

/// The samples of a run.
extension TrainingRun {
  func samplesDue(step: Int, subject: Subject, goesOn: () -> Bool) {
    guard group.isFirst, let (samples, sampler) = sampling(subject) else { return }
    remembering {
      guard try SampleWriter.write(samples, from: sampler, to: folder.samples(step: step), goesOn: goesOn)
      else {
        return
      }
      _ = try RunReport(folder: folder.path).write()
    }
  }

  func hasSamples(step: Int) -> Bool {
    guard group.isFirst, let (samples, _) = sampling(state.subject) else { return true }
    return SampleWriter.areWhole(samples, in: folder.samples(step: step))
  }

  private func sampling(_ subject: Subject) -> (SamplesSection, any Sampler)? {
    guard let samples = recipe.task.samples, !samples.prompts.isEmpty, let sampler = subject.sampler else {
      return nil
    }
    return (samples, sampler)
  }
}
