import Foundation
import Manifests
import TestClips
import Testing

struct CopiesTests {
  /// A copy is found by its bytes, whatever it is called; a file of the same size alone is none.
  @Test func copiesAreFoundByTheirBytes() throws {
    let folder = try TemporaryFolder()
    for (name, text) in [
      ("a.mp4", "one clip"), ("copy of a.mp4", "one clip"), ("b.mp4", "another clip"), ("c.mp4", "two clip"),
    ] { try folder.write(name, text) }
    let train = try Manifest.load(folder.write("train.csv", "path,caption\na.mp4,\n"))
    let test = try Manifest.load(
      folder.write("test.csv", "path,caption\nb.mp4,\ncopy of a.mp4,\nc.mp4,\na.mp4,\n"))
    var read = 0
    #expect(train.copies(of: Array(test)) { read += 1 } == [1, 3])
    // b.mp4 is the only one of its size.
    #expect(read == 3)
    #expect(train.shared(with: Array(test)) == [3])
  }

  @Test func piecesOfCopiesMustOverlap() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.mp4", "one clip")
    try folder.write("b.mp4", "one clip")
    let train = try Manifest.load(folder.write("train.csv", "path,caption,start,end\na.mp4,,0,2\n"))
    let test = try Manifest.load(
      folder.write("test.csv", "path,caption,start,end\nb.mp4,,2,4\nb.mp4,,1,3\nb.mp4,,,\n"))
    #expect(train.copies(of: Array(test)) == [1, 2])
  }
}
