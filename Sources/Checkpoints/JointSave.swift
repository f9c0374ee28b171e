import Files

/// A save by several processes: the others write their parts, and then rank 0 the file that has the checkpoint's name.
/// Before that moment there is no such checkpoint, and after it there is all of it.
struct JointSave {
  private let folder: CheckpointFolder
  private let contents: CheckpointContents
  private let step: Int
  private let processes: any SavingTogether

  /// What each rank tells at first.
  private struct Beginning: Codable {
    /// What tells the parts of this save from those of others; rank 0 draws it.
    let token: String?
    let tensors: [String: [String: TensorStretch]]
  }

  /// What a rank has written.
  private struct Written: Codable {
    let part: PartReference
    let byteCount: Int
  }

  init(_ folder: CheckpointFolder, _ contents: CheckpointContents, step: Int, _ processes: any SavingTogether)
  {
    precondition(
      (2...PartName.mostParts).contains(processes.count),
      "a checkpoint has at most \(PartName.mostParts) parts")
    (self.folder, self.contents, self.step, self.processes) = (folder, contents, step, processes)
  }

  private var isFirst: Bool { processes.rank == 0 }
  private var target: String { folder.path + "/" + CheckpointFolder.name(of: step) }

  /// Saves; what a failed save has written is removed.
  /// - Returns: the parts beside the first file.
  /// - Throws: `CheckpointError`; what `gather` of the processes throws.
  func run() throws -> [PartReference] {
    let beginnings = try inStep {
      Beginning(token: isFirst ? try begin() : nil, tensors: contents.stretches)
    }
    requireWholeTensors(beginnings.map(\.tensors))
    let token = beginnings[0].token ?? ""
    let names = (2...processes.count).map {
      PartName(step: step, token: token, number: $0, count: processes.count)
    }
    let before = FileIdentity.named(target)
    do {
      let written = try inStep { isFirst ? nil : try writePart(names[processes.rank - 1]) }.compactMap { $0 }
      return try inStep { isFirst ? try finish(written) : [] }[0]
    } catch {
      // The last call of a save may fail when the file has its name already: then it needs its parts.
      if isFirst, FileIdentity.named(target) == before {
        folder.remove(names)
        folder.removeLeftovers()
      }
      throw error
    }
  }

  private func inStep<Value: Codable>(_ work: () throws -> Value) throws -> [Value] {
    try processes.inStep(saving: target) { try folder.leavingEarlierIntact(work) }
  }

  private func begin() throws -> String {
    try folder.prepare()
    return PartName.newToken()
  }

  /// Who gives a float twice or leaves one out would save what cannot be read: a mistake in the program, told to all ranks
  /// before anything is written.
  private func requireWholeTensors(_ files: [[String: [String: TensorStretch]]]) {
    do throws(TensorPlaces.Misfit) {
      _ = try TensorPlaces(files)
    } catch {
      fatalError("The checkpoint \(target) cannot be saved in parts: \(error.reason)")
    }
  }

  private func writePart(_ name: PartName) throws -> Written {
    let role = FileRole.part(of: CheckpointFolder.name(of: step))
    let image = try CheckpointFile.encode(CheckpointContents(groups: contents.groups), as: role)
    try CheckpointFile.write(image, to: folder.path + "/" + name.text, disk: folder.disk)
    return Written(part: PartReference(name: name, digest: image.digest), byteCount: image.byteCount)
  }

  /// Writes the first file, which makes the others a checkpoint.
  private func finish(_ written: [Written]) throws -> [PartReference] {
    for written in written {
      let path = folder.path + "/" + written.part.name.text
      guard CheckpointFile.byteCount(of: path) == written.byteCount else {
        throw CheckpointError.failedToWrite(
          path: target,
          reason: "rank \(written.part.name.number - 1) has written \(path), and rank 0 does not see it, "
            + "as if the folder were not one that all ranks share",
          intact: nil)
      }
    }
    let parts = written.map(\.part)
    let image = try CheckpointFile.encode(contents, as: .first(parts: parts))
    try CheckpointFile.write(image, to: target, disk: folder.disk)
    return parts
  }
}
