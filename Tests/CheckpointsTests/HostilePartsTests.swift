import HDF5
import Isolation
import TestPrograms
import Testing

@testable import Checkpoints

/// Files that fit together in no way, as a stranger may give them.
@Test(
  arguments: [
    ("twice", "two of its files hold the same floats of average/a"),
    ("overlap", "two of its files hold the same floats of average/a"),
    ("none twice", "two of its files hold the same floats of average/a"),
    ("begins late", "the floats 0 to 1 of average/a are in none of its files"),
    ("gap", "the floats 2 to 2 of average/a are in none of its files"),
    ("ends early", "the floats 4 to 5 of average/a are in none of its files"),
    ("other shape", "its files disagree about the shape of average/a, [2, 3] and [3, 2]"),
  ])
func piecesThatMakeNoTensorAreRefused(_ trick: String, _ words: String) throws {
  func record(_ piece: Range<Int>, _ shape: [Int] = [2, 3]) -> [TensorRecord] {
    [TensorRecord(name: "a", shape: shape, piece: piece, values: piece.map { Float($0) })]
  }
  let (first, second) =
    switch trick {
    case "twice": (record(0..<6), record(0..<6))
    case "overlap": (record(0..<4), record(3..<6))
    case "none twice": (record(0..<0, [0, 3]), record(0..<0, [0, 3]))
    case "begins late": (record(2..<4), record(4..<6))
    case "gap": (record(0..<2), record(3..<6))
    case "ends early": (record(2..<4), record(0..<2))
    default: (record(0..<3), record(3..<6, [3, 2]))
    }
  let folder = try TemporaryFolder()
  let name = PartName(step: 1, token: "0123abcd", number: 2, count: 2)
  let part = try CheckpointFile.encode(CheckpointContents(groups: ["average": second]), as: .part(of: "a.h5"))
  try CheckpointFile.write(part, to: folder.path + "/" + name.text)
  let role = FileRole.first(parts: [PartReference(name: name, digest: part.digest)])
  let path = folder.path + "/a.h5"
  try CheckpointFile.write(
    CheckpointFile.encode(CheckpointContents(groups: ["average": first]), as: role), to: path)
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path) }
  #expect(error?.kind == .unfitInput)
  #expect(
    error?.description == "The file \(path) is not accepted: \(words); give one that this program wrote.")
}

/// Lists of pieces that do not fit the file's datasets; `average/a` has 4 floats, `average/b` two axes.
@Test(
  arguments: [
    "average a", "average a 0", "average c 0 8", "other a 0 8", "average b 0 8", "average  a 0 8",
    "average a x 8",
    "average a 0 8 ", "average a -1 8", "average a 5 8", "average a 0 3", "average a 0 -2 -4",
    "average a 0 0",
    "average a 0 4294967296 4294967296 4294967296", "average a 9223372036854775807 9223372036854775807",
    "average a 0 1 1 1 1 1 1 1 1 8", "average a 0 99999999999999999999", "average none 0 8",
    "average a 0 8\naverage a 4 8",
  ], [false, true])
func listsOfPiecesThatFitNothingAreRefused(_ list: String, isolate: Bool) throws {
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let folder = try TemporaryFolder()
  let path = try folder.file("a.h5", try craftedFile(["checkpointPieces": .text(list)]))
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path, isolate: isolate) }
  let line = list.split(separator: "\n").last ?? ""
  #expect(
    error?.description.contains(
      "is not accepted: the line '\(line)' of its attribute checkpointPieces fits no dataset; give") == true,
    "\(String(describing: error))")
}

@Test func aListThatIsNoTextIsRefused() throws {
  let folder = try TemporaryFolder()
  let path = try folder.file("a.h5", try craftedFile(["checkpointPieces": .integer(7)]))
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path) }
  #expect(error?.description.contains("the line '7' of its attribute") == true)
}

/// A file that declares a piece of something huge gets no memory for it.
@Test func aPieceOfSomethingHugeIsRefused() throws {
  let folder = try TemporaryFolder()
  let path = try folder.file(
    "a.h5", try craftedFile(["checkpointPieces": .text("average a 0 1099511627776 1048576")]))
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path) }
  #expect(
    error?.description.contains("the floats 4 to 1152921504606846975 of average/a are in none of its files")
      == true)
}

private let digest = String(repeating: "0a", count: 32)
private let part = "step-00000001.0123abcd.part-2-of-2.h5"

/// Lists of parts that lead elsewhere or make no sense.
@Test(
  arguments: [
    ("../\(part) \(digest)", "it names the part '../\(part)', and no part is called so"),
    ("/etc/passwd \(digest)", "it names the part '/etc/passwd', and no part is called so"),
    ("a.h5 \(digest)", "it names the part 'a.h5', and no part is called so"),
    ("step-00000001.h5 \(digest)", "it names the part 'step-00000001.h5', and no part is called so"),
    ("..\u{1b}[2J \(digest)", "it names the part '..\\u{1b}[2J', and no part is called so"),
    ("", "its attribute checkpointParts does not name the parts of one save"),
    (part, "its attribute checkpointParts does not name the parts of one save"),
    ("\(part) \(digest)0", "its attribute checkpointParts does not name the parts of one save"),
    ("\(part) \(digest.dropLast())G", "its attribute checkpointParts does not name the parts of one save"),
    ("\(part) \(digest) \(digest)", "its attribute checkpointParts does not name the parts of one save"),
    (
      "\(part) \(digest)\n\(part) \(digest)",
      "its attribute checkpointParts does not name the parts of one save"
    ),
    (
      "step-00000001.0123abcd.part-2-of-3.h5 \(digest)",
      "its attribute checkpointParts does not name the parts of one save"
    ),
    (
      "step-00000001.0123abcd.part-2-of-3.h5 \(digest)\nstep-00000001.0123abce.part-3-of-3.h5 \(digest)",
      "its attribute checkpointParts does not name the parts of one save"
    ),
  ], [false, true])
func listsOfPartsThatMakeNoSenseAreRefused(_ list: (text: String, words: String), isolate: Bool) throws {
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let folder = try TemporaryFolder()
  let path = try folder.file("a.h5", try craftedFile(["checkpointParts": .text(list.text)]))
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path, isolate: isolate) }
  #expect(
    error?.description == "The file \(path) is not accepted: \(list.words); give one that this program wrote."
  )
}

/// A sealed file with attributes of the format's own as nobody would write them.
private func craftedFile(_ attributes: [String: Attribute]) throws -> [UInt8] {
  let values: [Float] = [1, 2, 3, 4]
  let image = try HDF5Writer.image(userBlock: CheckpointSeal.byteCount, expecting: 1000) { writer in
    try writer.write(.integer(2), attribute: "checkpointFormat")
    for (name, value) in attributes { try writer.write(value, attribute: name) }
    for (name, shape) in [("a", [4]), ("b", [2, 2]), ("none", [0])] {
      try writer.write(
        .float32, "average/" + name, shape: shape, layout: shape == [0] ? nil : .checked(piece: shape),
        values: shape == [0] ? nil : values)
    }
  }
  let bytes = UnsafeRawBufferPointer(image.bytes)
  return CheckpointSeal(of: bytes).block + bytes.dropFirst(CheckpointSeal.byteCount)
}
