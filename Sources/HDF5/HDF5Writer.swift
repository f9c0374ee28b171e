import CHDF5
import Foundation

/// An HDF5 file while it is built in memory.
///
/// No object carries a time, and groups are made as they are needed, so equal calls give equal bytes.
package struct HDF5Writer {
  /// How the values of a dataset lie in the file.
  package enum Layout {
    /// In the header of the dataset, which has a checksum of its own.
    case compact
    /// In pieces of this shape, each with HDF5's Fletcher checksum.
    case checked(piece: [Int])
    /// One after the other, so that they can be read without the library; set by whoever fills the image.
    case plain
  }

  private let file: hid_t
  private let groupCreation: hid_t
  private var made: Set<String> = []

  /// The file that `body` writes, with `userBlock` zeros in front of it.
  /// - Parameter byteCount: about how many bytes it will have.
  package static func image(
    userBlock: Int = 0, expecting byteCount: Int, _ body: (inout HDF5Writer) throws -> Void
  ) throws -> FileImage {
    let image = FileImage()
    try HDF5.session {
      let access = try image.accessForWriting(increment: byteCount > 1 << 22 ? 1 << 22 : 1 << 16)
      let fileCreation = try HDF5Handle(H5Pcreate(hdf5_file_creation()), H5Pclose, "make a list")
      try HDF5.check(H5Pset_userblock(fileCreation.id, hsize_t(userBlock)), "leave room for the seal")
      try HDF5.check(H5Pset_obj_track_times(fileCreation.id, false), "leave out times")
      let groupCreation = try HDF5Handle(H5Pcreate(hdf5_group_creation()), H5Pclose, "make a list")
      try HDF5.check(H5Pset_obj_track_times(groupCreation.id, false), "leave out times")
      let file = try HDF5Handle(
        H5Fcreate(image.name, hdf5_truncate(), fileCreation.id, access.id), H5Fclose, "begin a file in memory"
      )
      var writer = HDF5Writer(file: file.id, groupCreation: groupCreation.id)
      try body(&writer)
      try file.close("finish the file in memory")
    }
    // HDF5 takes no memory for a plain dataset at the end that it was given no values of.
    let end = endOfFile(image, userBlock: userBlock)
    guard end <= image.count || image.extend(to: end) else {
      throw HDF5.Failure(action: "keep a file in memory", reason: "there is no memory for its \(end) bytes")
    }
    image.truncate(to: end)
    return image
  }

  private init(file: hid_t, groupCreation: hid_t) {
    self.file = file
    self.groupCreation = groupCreation
  }

  /// Makes a group and those above it.
  package mutating func makeGroup(_ path: String) throws {
    guard made.insert(path).inserted else { return }
    if let slash = path.lastIndex(of: "/") { try makeGroup(String(path[..<slash])) }
    let standard = hdf5_default()
    _ = try HDF5Handle(
      H5Gcreate2(file, path, standard, groupCreation, standard), H5Gclose, "make the group \(path)")
  }

  /// Writes a dataset, and the groups that it lies in. Without `values` its place is left as it is.
  /// - Returns: where in the image the values of a plain dataset lie; nil for other layouts.
  @discardableResult
  package mutating func write(
    _ element: HDF5Reader.Element, _ path: String, shape: [Int], layout: Layout?,
    values: UnsafeRawPointer?
  ) throws -> Int? {
    if let slash = path.lastIndex(of: "/") { try makeGroup(String(path[..<slash])) }
    let sizes = shape.map { hsize_t($0) }
    let space =
      sizes.isEmpty
      ? try HDF5Handle(H5Screate(H5S_SCALAR), H5Sclose, "shape \(path)")
      : try HDF5Handle(H5Screate_simple(Int32(sizes.count), sizes, nil), H5Sclose, "shape \(path)")
    let creation = try HDF5Handle(H5Pcreate(hdf5_dataset_creation()), H5Pclose, "make a list")
    try HDF5.check(H5Pset_obj_track_times(creation.id, false), "leave out times")
    switch layout {
    case .compact: try HDF5.check(H5Pset_layout(creation.id, H5D_COMPACT), "lay out \(path)")
    case .checked(let piece):
      let piece = piece.map { hsize_t($0) }
      try HDF5.check(H5Pset_chunk(creation.id, Int32(piece.count), piece), "lay out \(path)")
      try HDF5.check(H5Pset_fletcher32(creation.id), "checksum \(path)")
      try HDF5.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER), "lay out \(path)")
    case .plain:
      try HDF5.check(H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY), "lay out \(path)")
      try HDF5.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER), "lay out \(path)")
    case nil: break
    }
    let standard = hdf5_default()
    let dataset = try HDF5Handle(
      H5Dcreate2(file, path, element.stored, space.id, standard, creation.id, standard), H5Dclose,
      "make the dataset \(path)")
    if let values {
      try HDF5.check(
        H5Dwrite(dataset.id, element.native, hid_t(H5S_ALL), hid_t(H5S_ALL), standard, values),
        "store the dataset \(path)")
    }
    guard case .plain = layout else { return nil }
    return Int(clamping: H5Dget_offset(dataset.id))
  }

  /// Writes an attribute of the root.
  package func write(_ value: HDF5Attribute, attribute name: String) throws {
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
    precondition(end > 0, "HDF5 names no end of its file")
    return end
  }
}

extension HDF5Reader.Element {
  /// The type in the file: little-endian on every machine.
  var stored: hid_t {
    switch self {
    case .uint8: hdf5_stored_uint8()
    case .float32: hdf5_stored_float()
    case .float64: hdf5_stored_double()
    case .int64: hdf5_stored_int64()
    }
  }

  /// The type in memory.
  var native: hid_t {
    switch self {
    case .uint8: hdf5_native_uint8()
    case .float32: hdf5_native_float()
    case .float64: hdf5_native_double()
    case .int64: hdf5_native_int64()
    }
  }
}
