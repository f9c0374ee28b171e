import Checkpoints
import Foundation
import Layers
import Models
import Optimizers
import Tensors

/// The saving and loading of a checkpoint: parameters, average and both moments, sealed and read back.
struct CheckpointReport: BenchReport {
  let model: BenchModel
  /// Of the tensors.
  let bytes: Int
  let save: Samples, load: Samples

  init(_ model: BenchModel, rounds: Int) throws {
    self.model = model
    let parameters = ParameterStore()
    _ = VideoDiffusionTransformer(parameters.root, model.configuration)
    parameters.allocate(seed: 0, withAverage: true)
    let optimizer = AdamW(parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01))
    let groups = [
      "parameters": parameters.values, "average": parameters.average, "firstMoment": optimizer.firstMoment,
      "secondMoment": optimizer.secondMoment,
    ]
    let contents = CheckpointContents(
      groups: groups.mapValues { buffer in
        parameters.entries.map { entry in
          TensorRecord(
            name: entry.name, shape: entry.shape,
            values: UnsafeBufferPointer(start: buffer.pointer + entry.offset, count: entry.count),
            owner: parameters)
        }
      })
    bytes = contents.byteCount
    let path = NSTemporaryDirectory() + "vfm-bench-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = CheckpointFolder(path)
    var step = 0
    let samples = try measureInTurn(
      rounds: rounds,
      [
        {
          step += 1
          try folder.save(contents, step: step, keep: 1)
        },
        {
          guard let found = try folder.newest() else { return }
          for (group, buffer) in groups {
            for entry in parameters.entries {
              try found.checkpoint.read(
                entry.name, in: group,
                into: UnsafeMutableBufferPointer(start: buffer.pointer + entry.offset, count: entry.count))
            }
          }
        },
      ])
    (save, load) = (samples[0], samples[1])
  }

  var title: String { "Checkpoint: \(model.words)" }

  var text: String {
    func line(_ samples: Samples) -> String {
      let time = milliseconds(samples)
      return "\(time.median) ms (\(time.spread)), \(fixed(Double(bytes) / samples.median / 1e6, 0)) MB/s"
    }
    return """
      tensors       \(fixed(Double(bytes) / 1e6, 0)) MB: parameters, average and both moments
      save          \(line(save)), onto the disk of the temporary folder, read back and checked
      load          \(line(load)), checked
      """
  }
}
