import CHDF5

/// An HDF5 file in memory, opened for reading with distrust.
///
/// A file may name other files (external links, external storage, virtual datasets), declare more than it holds, or
/// run in circles. Everything but plain groups, plain datasets and scalar attributes is refused, for the whole file
/// and before any value is read.
package final class HDF5Reader: @unchecked Sendable {
  /// What a dataset holds.
  package enum Element: Sendable {
    case uint8, float32, float64, int64

    /// The bytes of one value.
    package var byteCount: Int {
      switch self {
      case .uint8: 1
      case .float32: 4
      case .float64, .int64: 8
      }
    }
  }

  /// A dataset as the file declares it.
  package struct Dataset: Sendable {
    package let shape: [Int]
    package let element: Element
    package var count: Int { shape.reduce(1, *) }
  }

  /// The file holds something that is not accepted.
  package struct Refusal: Error {
    package let reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// Datasets by path, without a leading slash.
  package internal(set) var datasets: [String: Dataset] = [:]
  /// Paths of all groups, without a leading slash.
  package internal(set) var groups: [String] = []
  /// The root's attributes.
  package internal(set) var attributes: [String: HDF5Attribute] = [:]

  let image: FileImage
  let file: hid_t
  /// Addresses of the objects that were met, so that none is met twice.
  var seen: Set<haddr_t> = []

  /// Opens `image` and checks all that it declares. `elements` says what datasets may hold; with `anyAttributes`,
  /// attributes of other kinds than text and numbers are left out, else refused.
  package init(_ image: FileImage, elements: Set<Element>, anyAttributes: Bool) throws {
    self.image = image
    file = try HDF5.session {
      let access = try image.accessForReading()
      return try HDF5.check(H5Fopen(image.name, hdf5_read_only(), access.id), "open the file")
    }
    try HDF5.session {
      try walk("", depth: 0, elements)
      try readAttributes(skippingOthers: anyAttributes)
    }
  }

  deinit {
    HDF5.session { _ = H5Fclose(file) }
  }

  /// Reads a whole dataset into `target`, as values of the kind that `element` names, whatever the file keeps.
  package func read(_ path: String, as element: Element, into target: UnsafeMutableRawPointer?) throws {
    guard let target, datasets[path]?.count ?? 0 > 0 else { return }
    try HDF5.session {
      let dataset = try HDF5Handle(H5Dopen2(file, path, hdf5_default()), H5Dclose, "open \(path)")
      try HDF5.check(
        H5Dread(dataset.id, element.native, hid_t(H5S_ALL), hid_t(H5S_ALL), hdf5_default(), target),
        "read \(path)")
    }
  }

  /// Where in the file the values of a dataset lie, one after the other; nil when they lie in pieces.
  package func place(of path: String) throws -> Range<Int>? {
    guard datasets[path] != nil else { return nil }
    return try HDF5.session {
      let dataset = try HDF5Handle(H5Dopen2(file, path, hdf5_default()), H5Dclose, "open \(path)")
      let creation = try HDF5Handle(H5Dget_create_plist(dataset.id), H5Pclose, "look at \(path)")
      guard H5Pget_layout(creation.id) == H5D_CONTIGUOUS, H5Pget_nfilters(creation.id) == 0 else {
        return nil
      }
      let start = Int(clamping: H5Dget_offset(dataset.id))
      let (end, overflow) = start.addingReportingOverflow(Int(clamping: H5Dget_storage_size(dataset.id)))
      guard !overflow, end <= image.count else { return nil }
      return start..<end
    }
  }
}
