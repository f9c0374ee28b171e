import Files
import Foundation
import HDF5

/// A file of features: HDF5, or safetensors where its name ends so.
public enum FeatureFile {
  /// The endings of names that are taken.
  public static let endings = [".h5", ".safetensors"]

  /// Writes features whole or not at all: what had the name before stays until the new file is complete.
  /// - Throws: `FeaturesError`.
  public static func write(_ features: ClipFeatures, to path: String) throws {
    do {
      if path.lowercased().hasSuffix(".safetensors") {
        try features.stored.safetensors().withUnsafeBytes { try write($0, to: path) }
      } else {
        let image = try features.stored.hdf5()
        try withExtendedLifetime(image) { try write(UnsafeRawBufferPointer(image.bytes), to: path) }
      }
    } catch let failure as HDF5.Failure {
      throw FeaturesError.failed(path: path, reason: failure.description)
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    do throws(WholeFile.Failure) {
      try WholeFile.write(bytes, to: path)
    } catch {
      switch error {
      case .diskFull(let needed, let free):
        throw FeaturesError.diskFull(path: path, needed: needed, free: free)
      case .cannotCreate(let reason): throw FeaturesError.cannotCreate(path: path, reason: reason)
      case .failed(let reason): throw FeaturesError.failed(path: path, reason: reason)
      }
    }
  }

  /// Reads features, whatever the file's name: every value is compared with the digest that was written.
  /// - Throws: `FeaturesError`; `MachineError` when the machine does not let it be read for a while.
  public static func read(_ path: String) throws -> ClipFeatures {
    guard let bytes = try patiently({ try wholeFile(path) }) else { throw FeaturesError.missing(path: path) }
    do {
      let stored =
        StoredArrays.isHDF5(bytes) ? try StoredArrays(hdf5: bytes) : try StoredArrays(safetensors: bytes)
      return try ClipFeatures(stored)
    } catch let trouble as StoredArrays.Trouble {
      switch trouble {
      case .other(let reason): throw FeaturesError.otherFile(path: path, reason: reason)
      case .damaged(let reason): throw FeaturesError.damaged(path: path, reason: reason)
      }
    }
  }
}
