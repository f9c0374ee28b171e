import Foundation
import HDF5
import Testing

@testable import Checkpoints

/// Every damage must be found before HDF5 sees the file, wherever it is.
private func isRefused(_ bytes: [UInt8]) -> Bool {
  let image = FileImage(count: bytes.count)!
  image.bytes.copyBytes(from: bytes)
  do {
    _ = try CheckpointImage(image, path: "damaged.h5")
    return false
  } catch let error as CheckpointError {
    guard case .damaged = error else { return false }
    return true
  } catch {
    return false
  }
}

@Test func everyBitOfTheSealCounts() throws {
  let good = try fileBytes(sample())
  for bit in 0..<8 * CheckpointSeal.byteCount {
    var bytes = good
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    #expect(isRefused(bytes), "bit \(bit)")
  }
}

@Test func flippedBitsAreFound() throws {
  let good = try fileBytes(sample())
  var random = SeededGenerator(state: 1)
  for _ in 0..<500 {
    let bit = Int.random(in: 0..<8 * good.count, using: &random)
    var bytes = good
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    #expect(isRefused(bytes), "bit \(bit)")
  }
}

@Test func missingEndsAreFound() throws {
  let good = try fileBytes(sample())
  var random = SeededGenerator(state: 2)
  let lengths =
    [0, 1, 511, 512, 513, good.count - 1]
    + (0..<300).map { _ in Int.random(in: 0..<good.count, using: &random) }
  for length in lengths {
    #expect(isRefused(Array(good.prefix(length))), "\(length) bytes")
  }
}

@Test(arguments: [512, 4096])
func zeroedPagesAreFound(_ page: Int) throws {
  let good = try fileBytes(sample())
  for start in stride(from: 0, to: good.count, by: page) {
    let range = start..<min(start + page, good.count)
    if good[range].allSatisfy({ $0 == 0 }) { continue }
    var bytes = good
    bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
    #expect(isRefused(bytes), "page at \(start)")
  }
}

@Test func aFileWithoutItsSealLoadsWithAWarning() throws {
  let folder = try TemporaryFolder()
  let path = try folder.file("plain.h5", Array(try fileBytes(sample()).dropFirst(512)))
  let loaded = try CheckpointFile.read(path)
  #expect(try stateHash(of: loaded) == stateHash(of: sample()))
  #expect(loaded.warnings.count == 1 && loaded.warnings[0].contains("\(path) has no seal"))
}

@Test func withoutItsSealTheTensorsAreStillGuarded() throws {
  let folder = try TemporaryFolder()
  let bytes = Array(try fileBytes(sample()).dropFirst(512))
  // The third value of the first tensor: 1 + 2 · 0.125 + 500.
  let pattern = withUnsafeBytes(of: Float(501.25)) { Array($0) }
  let place = try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 4]) == pattern })
  var damaged = bytes
  damaged[place] ^= 0x10
  let path = try folder.file("plain.h5", damaged)
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path) }
  #expect(error?.description.contains("Fletcher32") == true, "\(String(describing: error))")
}
