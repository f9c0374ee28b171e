import Checkpoints
import Foundation
import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// What PyTorch made of a small random model: parameters, inputs, outputs and gradients in a file that
/// `Tests/Fixtures/make_fixtures.py` (or `make_lora_fixtures.py`) wrote. PyTorch computed in double precision.
struct PublishedModel {
  private let file: TensorFile

  init(_ name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    file = try TensorFile(tests.appending(components: "Fixtures", name).path)
  }

  /// The sizes of the transformers.
  static func transformer(recomputesBlocks: Bool) -> VideoDiffusionTransformerConfiguration {
    VideoDiffusionTransformerConfiguration(
      channels: 3, patch: PatchSize(frames: 1, height: 2, width: 2), width: 32, depth: 2, heads: 2,
      feedForward: 40, textWidth: 16, frequencyWidth: 32, recomputesBlocks: recomputesBlocks)
  }

  /// A tensor of the file by its path.
  func tensor(_ path: String) throws -> Tensor {
    let shape = try #require(file.shape(path), "the fixture has no \(path)")
    return Tensor(try file.floats(path), shape)
  }

  /// Whether the file has a tensor of this path.
  func has(_ path: String) -> Bool { file.shape(path) != nil }

  /// The names of its further cases.
  var cases: [String] {
    Set(file.names.filter { $0.hasPrefix("cases/") }.map { String($0.split(separator: "/")[1]) }).sorted()
  }

  /// A size of the model.
  func size(_ name: String) throws -> Int {
    guard case .integer(let size) = file.attributes[name] else {
      throw NoSuchSize(name: name)
    }
    return size
  }

  /// A number of the model that is no size: a ratio, say.
  func number(_ name: String) throws -> Double {
    guard case .number(let number) = file.attributes[name] else { throw NoSuchSize(name: name) }
    return number
  }

  private struct NoSuchSize: Error { let name: String }

  func doubles(_ path: String) throws -> [Double] { try file.doubles(path) }
  func integers(_ path: String) throws -> [Int] { try file.integers(path) }

  /// Allocates the store and gives every parameter the published value of its name; none may be left over on either side.
  func load(into store: ParameterStore) throws {
    let published = file.names.filter { $0.hasPrefix("parameters/") }.map { String($0.dropFirst(11)) }
    #expect(Set(store.entries.map(\.name)) == Set(published))
    store.allocate(seed: 1)
    for entry in store.entries {
      let value = try tensor("parameters/\(entry.name)")
      #expect(value.shape == entry.shape, "\(entry.name)")
      store.write(entry) { $0.copy(from: value) }
    }
  }

  /// Expects the gradient of every parameter that is trained to be the published one, and no others to be published.
  func expectGradients(in store: ParameterStore) throws {
    let published = file.names.filter { $0.hasPrefix("gradients/") && !$0.hasPrefix("gradients/inputs/") }
    #expect(Set(store.trainedEntries.map { "gradients/\($0.name)" }) == Set(published))
    for entry in store.trainedEntries {
      try expect(store.gradients.view(at: entry.offset, entry.shape), "gradients/\(entry.name)")
    }
  }

  /// Expects ‖ours − published‖ ≤ 1e-4 ‖published‖, or 1e-6 for each number if all of them are next to nothing.
  func expect(_ ours: Tensor, _ path: String) throws {
    let published = try tensor(path)
    try #require(ours.count == published.count, "\(path) has \(published.shape), ours \(ours.shape)")
    let difference = ours.copied()
    difference.add(published, scale: -1)
    let (error, size) = (difference.sumOfSquares.squareRoot(), published.sumOfSquares.squareRoot())
    let floor = 1e-6 * Double(ours.count).squareRoot()
    #expect(error <= max(1e-4 * size, floor), "\(path) is off by \(error), its norm is \(size)")
  }
}
