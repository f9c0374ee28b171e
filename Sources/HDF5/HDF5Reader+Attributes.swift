import CHDF5

/// The root's attributes.
extension HDF5Reader {
  private static let maximumAttributes = 1000

  /// Notes all attributes that are single numbers or texts.
  func readAttributes(skippingOthers: Bool) throws {
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
