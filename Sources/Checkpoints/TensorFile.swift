import HDF5

/// A plain HDF5 file of numbers, as h5py writes it: datasets of 32- or 64-bit floats or 64-bit integers by their paths.
///
/// The file is read into memory as a whole, and checked as distrustfully as a checkpoint is.
public struct TensorFile: Sendable {
  /// Where it was read.
  public let path: String
  /// The root's attributes that are single numbers or texts of fixed length; others are left out.
  public let attributes: [String: Attribute]
  private let reader: HDF5Reader

  /// Opens the file at `path`.
  public init(_ path: String) throws {
    self.path = path
    let image = try CheckpointFile.load(path)
    do {
      guard image.bytes.starts(with: CheckpointSeal.signature) else {
        throw HDF5Reader.Refusal(reason: "it is not an HDF5 file")
      }
      reader = try HDF5Reader(image, elements: [.float32, .float64, .int64], anyAttributes: true)
      attributes = reader.attributes
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    } catch let refusal as HDF5Reader.Refusal {
      throw CheckpointError.refused(path: path, reason: refusal.reason)
    }
  }

  /// The paths of all datasets, such as `inputs/text`, in byte order.
  public var names: [String] { reader.datasets.keys.inByteOrder() }

  /// The shape of a dataset, or nil if there is none of this name.
  public func shape(_ name: String) -> [Int]? { reader.datasets[name]?.shape }

  /// The values as 32-bit floats, whatever the file keeps.
  public func floats(_ name: String) throws -> [Float] { try values(name, 0, .float32) }

  /// The values as 64-bit floats, whatever the file keeps.
  public func doubles(_ name: String) throws -> [Double] { try values(name, 0, .float64) }

  /// The values as integers; floats lose what is behind the point.
  public func integers(_ name: String) throws -> [Int] { try values(name, 0, .int64) }

  private func values<Value>(_ name: String, _ zero: Value, _ type: HDF5Reader.Element) throws -> [Value] {
    guard let dataset = reader.datasets[name] else {
      throw CheckpointError.refused(path: path, reason: "it has no dataset \(name)")
    }
    var values = [Value](repeating: zero, count: dataset.count)
    do {
      try values.withUnsafeMutableBytes { try reader.read(name, as: type, into: $0.baseAddress) }
    } catch let failure as HDF5.Failure {
      throw CheckpointError.damaged(path: path, reason: failure.description)
    }
    return values
  }
}
