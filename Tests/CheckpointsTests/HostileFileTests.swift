import CHDF5
import Foundation
import HDF5
import Isolation
import TestPrograms
import Testing

@testable import Checkpoints

/// Files as an attacker would make them: sound HDF5 that leads elsewhere or declares more than it holds.
@Test(
  arguments: [
    ("soft link", "parameters/w is a link to another place or file"),
    ("external link", "parameters/w is a link to another place or file"),
    ("second name", "parameters/w has a second name"),
    ("circle", "parameters/w has a second name"),
    ("external storage", "parameters/w keeps its values in another file"),
    ("virtual", "parameters/w keeps its values in another file"),
    ("bomb", "parameters/w declares 4398046511104 bytes and stores 0"),
    ("impossible", "parameters/w declares an impossible size"),
    ("doubles", "parameters/w does not hold 32-bit floats"),
    ("type", "parameters/w is neither a group nor a dataset"),
    ("deep", "its groups lie deeper than 16 levels"),
    ("outside", "the dataset w lies outside all groups"),
    ("unmarked", "it has no attribute checkpointFormat"),
    ("later", "has format version 99 and this program knows versions up to 2; update the program"),
    ("list attribute", "the attribute list is neither a text nor a number"),
  ])
func hostileFilesAreRefused(_ trick: String, _ words: String) throws {
  IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") }
  let folder = try TemporaryFolder()
  let path = folder.path + "/hostile.h5"
  let secret = try folder.file("secret", Array("not for you, at all".utf8))
  HDF5.session { write(trick, to: path, secret: secret) }
  for isolate in [false, true] {
    let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path, isolate: isolate) }
    #expect(error?.kind == .unfitInput)
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }
}

private func write(_ trick: String, to path: String, secret: String) {
  let standard = hdf5_default()
  let access = H5Pcreate(hdf5_file_access())
  _ = hdf5_set_format_1_10(access)
  let file = H5Fcreate(path, hdf5_truncate(), standard, access)
  let group = H5Gcreate2(file, "parameters", standard, standard, standard)
  let creation = H5Pcreate(hdf5_dataset_creation())
  let scalar = H5Screate(H5S_SCALAR)
  let four = H5Screate_simple(1, [hsize_t(4)], nil)
  var ids: [(hid_t, (hid_t) -> herr_t)] = [
    (access, H5Pclose), (group, H5Gclose), (creation, H5Pclose), (scalar, H5Sclose), (four, H5Sclose),
  ]
  func dataset(_ place: hid_t, _ space: hid_t, _ type: hid_t = hdf5_stored_float()) -> hid_t {
    let id = H5Dcreate2(place, "w", type, space, standard, creation, standard)
    ids.append((id, H5Dclose))
    return id
  }
  func attribute(_ name: String, _ value: Int64, _ space: hid_t) {
    let id = H5Acreate2(file, name, hdf5_stored_int64(), space, standard, standard)
    _ = H5Awrite(id, hdf5_native_int64(), [value, 0, 0, 0])
    _ = H5Aclose(id)
  }

  if trick != "unmarked" { attribute("checkpointFormat", trick == "later" ? 99 : 1, scalar) }
  switch trick {
  case "soft link": _ = H5Lcreate_soft("/nowhere", group, "w", standard, standard)
  case "external link": writeExternalLink(group, secret)
  case "second name":
    _ = H5Pset_layout(creation, H5D_COMPACT)
    _ = H5Dclose(H5Dcreate2(group, "v", hdf5_stored_float(), four, standard, creation, standard))
    _ = H5Lcreate_hard(group, "v", group, "w", standard, standard)
  case "circle":
    let below = H5Gcreate2(group, "v", standard, standard, standard)
    _ = H5Lcreate_hard(file, "parameters", group, "w", standard, standard)
    _ = H5Gclose(below)
  case "external storage":
    _ = H5Pset_external(creation, secret, 0, 16)
    _ = dataset(group, four)
  case "virtual":
    _ = H5Pset_virtual(creation, four, secret, "w", four)
    _ = dataset(group, four)
  case "bomb":
    let size: [hsize_t] = [1 << 40]
    let piece: [hsize_t] = [1 << 20]
    let huge = H5Screate_simple(1, size, nil)
    _ = H5Pset_chunk(creation, 1, piece)
    _ = dataset(group, huge)
    _ = H5Sclose(huge)
  case "impossible":
    let sizes: [hsize_t] = [1 << 40, 0, 1 << 20, 1 << 20]
    let huge = H5Screate_simple(4, sizes, nil)
    _ = dataset(group, huge)
    _ = H5Sclose(huge)
  case "doubles": _ = dataset(group, four, hdf5_stored_double())
  case "type":
    let type = H5Tcopy(hdf5_native_float())
    _ = H5Tcommit2(group, "w", type, standard, standard, standard)
    _ = H5Tclose(type)
  case "deep":
    var below = "parameters"
    for _ in 0..<20 {
      below += "/g"
      _ = H5Gclose(H5Gcreate2(file, below, standard, standard, standard))
    }
  case "outside":
    _ = H5Pset_layout(creation, H5D_COMPACT)
    _ = dataset(file, four)
  case "list attribute": attribute("list", 1, four)
  default: break
  }
  for (id, close) in ids { _ = close(id) }
  _ = H5Fclose(file)
}

/// The reader has made the library forget external links, so one is made the way that a stranger's file holds it: as a
/// link of the same class number, registered for this moment.
private func writeExternalLink(_ group: hid_t, _ target: String) {
  var kind = H5L_class_t()
  kind.version = H5L_LINK_CLASS_T_VERS
  kind.id = H5L_TYPE_EXTERNAL
  kind.trav_func = { _, _, _, _, _, _ in -1 }
  _ = H5Lregister(&kind)
  var value: [UInt8] = [0] + Array(target.utf8) + [0] + Array("/w".utf8) + [0]
  _ = H5Lcreate_ud(group, "w", H5L_TYPE_EXTERNAL, &value, value.count, hdf5_default(), hdf5_default())
  _ = H5Lunregister(H5L_TYPE_EXTERNAL)
}
