import CHDF5

/// The walk over groups and datasets: other objects, links and second names are refused.
extension HDF5Reader {
  private static let maximumDepth = 16
  private static let maximumObjects = 100_000

  private struct Link {
    let name: String
    let isHard: Bool
    let address: haddr_t
  }

  /// Notes all groups and datasets below a path.
  func walk(_ path: String, depth: Int, _ elements: Set<Element>) throws {
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
}
