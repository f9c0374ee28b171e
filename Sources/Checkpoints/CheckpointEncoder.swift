import CHDF5
import Foundation

/// Builds the HDF5 file of some contents in memory.
///
/// Every dataset carries HDF5's Fletcher checksum and no object carries a time, so equal contents give equal bytes.
struct CheckpointEncoder {
  /// The version of the format written here, and the latest that can be read.
  static let version = 1
  /// The attribute that holds the version.
  static let versionName = "checkpointFormat"
  /// The floats in one separately checksummed piece of a dataset, at most.
  private static let chunk = 1 << 20

  private let file: hid_t
  private let groupCreation: hid_t
  private var made: Set<String> = []

  /// The file of `contents`, with `userBlock` zeros in front of it.
  static func encode(_ contents: CheckpointContents, userBlock: Int) throws -> FileImage {
    checkNames(contents)
    let image = FileImage()
    try HDF5.session {
      let increment = contents.byteCount > 1 << 22 ? 1 << 22 : 1 << 16
      let access = try image.accessForWriting(increment: increment)
      let fileCreation = try HDF5Handle(H5Pcreate(hdf5_file_creation()), H5Pclose, "make a list")
      try HDF5.check(H5Pset_userblock(fileCreation.id, hsize_t(userBlock)), "leave room for the seal")
      try HDF5.check(H5Pset_obj_track_times(fileCreation.id, false), "leave out times")
      let groupCreation = try HDF5Handle(H5Pcreate(hdf5_group_creation()), H5Pclose, "make a list")
      try HDF5.check(H5Pset_obj_track_times(groupCreation.id, false), "leave out times")
      let file = try HDF5Handle(
        H5Fcreate(image.name, hdf5_truncate(), fileCreation.id, access.id), H5Fclose, "begin a file in memory"
      )
      var encoder = CheckpointEncoder(file: file.id, groupCreation: groupCreation.id)
      try encoder.write(contents)
      try file.close("finish the file in memory")
    }
    image.truncate(to: endOfFile(image, userBlock: userBlock))
    return image
  }

  private init(file: hid_t, groupCreation: hid_t) {
    self.file = file
    self.groupCreation = groupCreation
  }

  private mutating func write(_ contents: CheckpointContents) throws {
    try write(.integer(Self.version), attribute: Self.versionName)
    for name in contents.attributes.keys.inByteOrder() {
      try write(contents.attributes[name]!, attribute: name)
    }
    for group in contents.groups.keys.inByteOrder() {
      try makeGroup(group)
      let tensors = contents.groups[group]!
      for tensor in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        try write(tensor, in: group)
      }
    }
  }

  /// Makes a group and those above it.
  private mutating func makeGroup(_ path: String) throws {
    guard made.insert(path).inserted else { return }
    if let slash = path.lastIndex(of: "/") { try makeGroup(String(path[..<slash])) }
    let standard = hdf5_default()
    _ = try HDF5Handle(
      H5Gcreate2(file, path, standard, groupCreation, standard), H5Gclose, "make the group \(path)")
  }

  private mutating func write(_ tensor: TensorRecord, in group: String) throws {
    let path = group + "/" + tensor.name.replacingOccurrences(of: ".", with: "/")
    try makeGroup(String(path[..<path.lastIndex(of: "/")!]))
    let sizes = tensor.shape.map { hsize_t($0) }
    let space =
      sizes.isEmpty
      ? try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, "shape \(path)")
      : try HDF5Handle(H5Screate_simple(Int32(sizes.count), sizes, nil), H5Sclose, "shape \(path)")
    let creation = try HDF5Handle(H5Pcreate(hdf5_dataset_creation()), H5Pclose, "make a list")
    try HDF5.check(H5Pset_obj_track_times(creation.id, false), "leave out times")
    if sizes.isEmpty {
      // A single number lies in the header of its dataset, which has a checksum of its own.
      try HDF5.check(H5Pset_layout(creation.id, H5D_COMPACT), "lay out \(path)")
    } else if !tensor.values.isEmpty {
      let pieces = Self.chunkShape(tensor.shape).map { hsize_t($0) }
      try HDF5.check(H5Pset_chunk(creation.id, Int32(pieces.count), pieces), "lay out \(path)")
      try HDF5.check(H5Pset_fletcher32(creation.id), "checksum \(path)")
      try HDF5.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER), "lay out \(path)")
    }
    let standard = hdf5_default()
    let dataset = try HDF5Handle(
      H5Dcreate2(file, path, hdf5_stored_float(), space.id, standard, creation.id, standard), H5Dclose,
      "make the tensor \(path)")
    if let values = tensor.values.baseAddress, !tensor.values.isEmpty {
      try HDF5.check(
        H5Dwrite(dataset.id, hdf5_native_float(), hid_t(H5S_ALL), hid_t(H5S_ALL), standard, values),
        "store the tensor \(path)")
    }
  }

  /// Halves the outermost axes until a piece is small enough.
  private static func chunkShape(_ shape: [Int]) -> [Int] {
    var piece = shape
    var axis = 0
    while piece.reduce(1, *) > chunk {
      if piece[axis] == 1 { axis += 1 } else { piece[axis] = (piece[axis] + 1) / 2 }
    }
    return piece
  }

  private func write(_ value: Attribute, attribute name: String) throws {
    let space = try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, "shape the attribute \(name)")
    switch value {
    case .integer(let number):
      let number = Int64(number)
      try withUnsafeBytes(of: number) {
        try write($0, as: hdf5_native_int64(), stored: hdf5_stored_int64(), space.id, attribute: name)
      }
    case .number(let number):
      try withUnsafeBytes(of: number) {
        try write($0, as: hdf5_native_double(), stored: hdf5_stored_double(), space.id, attribute: name)
      }
    case .text(let text):
      let bytes = Array(text.utf8) + [0]
      let type = try HDF5Handle(H5Tcopy(hdf5_c_string()), H5Tclose, "make a text type")
      try HDF5.check(H5Tset_size(type.id, bytes.count), "size the attribute \(name)")
      try HDF5.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "encode the attribute \(name)")
      try bytes.withUnsafeBytes { try write($0, as: type.id, stored: type.id, space.id, attribute: name) }
    }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, as type: hid_t, stored: hid_t, _ space: hid_t, attribute name: String
  ) throws {
    let standard = hdf5_default()
    let attribute = try HDF5Handle(
      H5Acreate2(file, name, stored, space, standard, standard), H5Aclose, "make the attribute \(name)")
    try HDF5.check(H5Awrite(attribute.id, type, bytes.baseAddress), "store the attribute \(name)")
  }

  /// Where the file ends by its own superblock; the image behind it is slack of its growth.
  private static func endOfFile(_ image: FileImage, userBlock: Int) -> Int {
    // Superblock 2 and 3: signature 8, version 1, sizes 2, flags 1, base 8, extension 8, end of file 8 bytes.
    let end = Int(
      UInt64(littleEndian: image.bytes.loadUnaligned(fromByteOffset: userBlock + 28, as: UInt64.self)))
    precondition(end > 0 && end <= image.count, "HDF5 names an end of file outside of its file")
    return end
  }

  /// Names are chosen by programs, not by users: a wrong one is a mistake in the program.
  private static func checkNames(_ contents: CheckpointContents) {
    precondition(contents.attributes[versionName] == nil, "the attribute \(versionName) is the format's own")
    for (name, value) in contents.attributes {
      precondition(!name.isEmpty && !name.utf8.contains(0), "an attribute needs a name without NUL")
      if case .text(let text) = value {
        precondition(!text.utf8.contains(0), "the attribute \(name) holds a NUL character")
      }
    }
    for (group, tensors) in contents.groups {
      precondition(
        !group.isEmpty && !group.contains("/") && !group.contains("."), "bad group name '\(group)'")
      let names = Set(tensors.map(\.name))
      precondition(names.count == tensors.count, "two tensors of \(group) have the same name")
      for name in names {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        precondition(
          parts.allSatisfy { !$0.isEmpty && !$0.contains("/") && !$0.utf8.contains(0) },
          "bad tensor name '\(name)'")
        for length in 1..<parts.count {
          let above = parts[..<length].joined(separator: ".")
          precondition(!names.contains(above), "\(group): '\(above)' is a tensor and a folder of '\(name)'")
        }
      }
    }
  }
}
