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
  package private(set) var datasets: [String: Dataset] = [:]
  /// Paths of all groups, without a leading slash.
  package private(set) var groups: [String] = []
  /// The root's attributes.
  package private(set) var attributes: [String: HDF5Attribute] = [:]

  private let image: FileImage
  private let file: hid_t
  private var seen: Set<haddr_t> = []

  private static let maximumDepth = 16
  private static let maximumObjects = 100_000
  private static let maximumAttributes = 1000
  private static let maximumInflation = 64

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

  // MARK: The tree

  private struct Link {
    let name: String
    let isHard: Bool
    let address: haddr_t
  }

  private func walk(_ path: String, depth: Int, _ elements: Set<Element>) throws {
    guard depth <= Self.maximumDepth else {
      throw Refusal(reason: "its groups lie deeper than \(depth - 1) levels")
    }
    let here = path.isEmpty ? "/" : path
    let group = try HDF5Handle(H5Gopen2(file, here, hdf5_default()), H5Gclose, "open the group \(here)")
    for link in try links(of: group.id, here) {
      let child = path.isEmpty ? link.name : path + "/" + link.name
      guard link.isHard else { throw Refusal(reason: "\(child) is a link to another place or file") }
      guard seen.insert(link.address).inserted else { throw Refusal(reason: "\(child) has a second name") }
      guard seen.count <= Self.maximumObjects else {
        throw Refusal(reason: "it holds more than \(Self.maximumObjects) objects")
      }
      let object = try HDF5Handle(H5Oopen(group.id, link.name, hdf5_default()), H5Oclose, "open \(child)")
      switch H5Iget_type(object.id) {
      case H5I_GROUP:
        groups.append(child)
        try walk(child, depth: depth + 1, elements)
      case H5I_DATASET:
        datasets[child] = try inspect(object.id, child, elements)
      default:
        throw Refusal(reason: "\(child) is neither a group nor a dataset")
      }
    }
  }

  private func links(of group: hid_t, _ path: String) throws -> [Link] {
    var links: [Link] = []
    let status = withUnsafeMutablePointer(to: &links) { links in
      hdf5_iterate_links(
        group,
        { _, name, link, links in
          guard let name, let link, let links = links?.assumingMemoryBound(to: [Link].self) else { return -1 }
          if links.pointee.count > HDF5Reader.maximumObjects { return 1 }
          let isHard = link.pointee.type == H5L_TYPE_HARD
          links.pointee.append(
            Link(
              name: String(cString: name), isHard: isHard, address: isHard ? hdf5_link_address(link) : 0))
          return 0
        }, links)
    }
    try HDF5.check(status, "list the group \(path)")
    return links
  }

  // MARK: One dataset

  private func inspect(_ dataset: hid_t, _ path: String, _ elements: Set<Element>) throws -> Dataset {
    let creation = try HDF5Handle(H5Dget_create_plist(dataset), H5Pclose, "look at \(path)")
    let layout = H5Pget_layout(creation.id)
    guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout), H5Pget_external_count(creation.id) == 0
    else {
      throw Refusal(reason: "\(path) keeps its values in another file")
    }
    let inflates = try hasCompression(creation.id, path)

    let type = try HDF5Handle(H5Dget_type(dataset), H5Tclose, "look at the type of \(path)")
    guard let element = element(of: type.id), elements.contains(element) else {
      let wanted = elements == [.float32] ? "32-bit floats" : "numbers of an accepted kind"
      throw Refusal(reason: "\(path) does not hold \(wanted)")
    }

    let space = try HDF5Handle(H5Dget_space(dataset), H5Sclose, "look at the shape of \(path)")
    let kind = H5Sget_simple_extent_type(space.id)
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard kind == H5S_SCALAR || kind == H5S_SIMPLE, (0...8).contains(rank) else {
      throw Refusal(reason: "\(path) has no shape of at most 8 axes")
    }
    var sizes = [hsize_t](repeating: 0, count: rank)
    try HDF5.check(H5Sget_simple_extent_dims(space.id, &sizes, nil), "look at the shape of \(path)")

    // No size may overflow, even beside an axis of size 0, and no dataset may declare more than the file can hold.
    var bytes = element.byteCount
    for size in sizes where size > 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: Int(clamping: size))
      guard !overflow, size <= Int.max else { throw Refusal(reason: "\(path) declares an impossible size") }
      bytes = product
    }
    if !sizes.contains(0) && layout != H5D_COMPACT {
      let stored = Int(clamping: H5Dget_storage_size(dataset))
      guard stored <= image.count, bytes / (inflates ? Self.maximumInflation : 1) <= stored else {
        throw Refusal(reason: "\(path) declares \(bytes) bytes and stores \(stored)")
      }
    }
    return Dataset(shape: sizes.map { Int($0) }, element: element)
  }

  /// Whether the values are compressed; other filters than checksum, byte shuffle and deflate are refused.
  private func hasCompression(_ creation: hid_t, _ path: String) throws -> Bool {
    var inflates = false
    for index in 0..<max(H5Pget_nfilters(creation), 0) {
      var parameters = 0
      switch H5Pget_filter2(creation, UInt32(index), nil, &parameters, nil, 0, nil, nil) {
      case H5Z_FILTER_FLETCHER32, H5Z_FILTER_SHUFFLE: continue
      case H5Z_FILTER_DEFLATE: inflates = true
      default: throw Refusal(reason: "\(path) is packed in a way that is not supported")
      }
    }
    return inflates
  }

  private func element(of type: hid_t) -> Element? {
    if H5Tequal(type, hdf5_stored_uint8()) > 0 { return .uint8 }
    if H5Tequal(type, hdf5_stored_float()) > 0 { return .float32 }
    if H5Tequal(type, hdf5_stored_double()) > 0 { return .float64 }
    if H5Tequal(type, hdf5_stored_int64()) > 0 { return .int64 }
    return nil
  }
}

extension HDF5Reader {
  // MARK: Attributes

  private func readAttributes(skippingOthers: Bool) throws {
    let root = try HDF5Handle(H5Gopen2(file, "/", hdf5_default()), H5Gclose, "open the root group")
    var names: [String] = []
    let status = withUnsafeMutablePointer(to: &names) { names in
      hdf5_iterate_attributes(
        root.id,
        { _, name, _, names in
          guard let name, let names = names?.assumingMemoryBound(to: [String].self) else { return -1 }
          names.pointee.append(String(cString: name))
          return names.pointee.count > HDF5Reader.maximumAttributes ? 1 : 0
        }, names)
    }
    try HDF5.check(status, "list the attributes")
    guard names.count <= Self.maximumAttributes else {
      throw Refusal(reason: "it has more than \(Self.maximumAttributes) attributes")
    }
    for name in names {
      let attribute = try HDF5Handle(
        H5Aopen(root.id, name, hdf5_default()), H5Aclose, "open the attribute \(name)")
      if let value = try value(of: attribute.id, name) {
        attributes[name] = value
      } else if !skippingOthers {
        throw Refusal(reason: "the attribute \(name) is neither a text nor a number")
      }
    }
  }

  /// The value, or nil if it is not a single number or text of fixed length.
  private func value(of attribute: hid_t, _ name: String) throws -> HDF5Attribute? {
    let space = try HDF5Handle(H5Aget_space(attribute), H5Sclose, "look at the attribute \(name)")
    let type = try HDF5Handle(H5Aget_type(attribute), H5Tclose, "look at the attribute \(name)")
    guard H5Sget_simple_extent_type(space.id) == H5S_SCALAR else { return nil }
    let size = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_INTEGER where size <= 8:
      var number: Int64 = 0
      try HDF5.check(H5Aread(attribute, hdf5_native_int64(), &number), "read the attribute \(name)")
      return .integer(Int(number))
    case H5T_FLOAT where size <= 8:
      var number = 0.0
      try HDF5.check(H5Aread(attribute, hdf5_native_double(), &number), "read the attribute \(name)")
      return .number(number)
    case H5T_STRING where H5Tis_variable_str(type.id) == 0 && size <= image.count:
      var bytes = [UInt8](repeating: 0, count: size)
      try HDF5.check(H5Aread(attribute, type.id, &bytes), "read the attribute \(name)")
      return String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self).map { .text($0) }
    default:
      return nil
    }
  }
}
