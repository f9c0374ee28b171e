import CHDF5

/// What a dataset declares, held against what the file stores.
extension HDF5Reader {
  /// How many times larger values may be than their compressed bytes.
  private static let maximumInflation = 64

  /// The shape and kind of a dataset, if it is one that is accepted.
  func inspect(_ dataset: hid_t, _ path: String, _ elements: Set<Element>) throws -> Dataset {
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
