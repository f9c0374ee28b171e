import CHDF5
import Foundation
import Synchronization

/// The bytes of a file, in memory.
///
/// HDF5 never touches the disk here: libhdf5 1.10 can crash at exit after a write that failed, and a file rewritten in
/// place does not survive a kill. It writes into an image, and reads from one that was checked as a whole before.
package final class FileImage: @unchecked Sendable {
  /// The first byte; nil while there are none.
  package private(set) var start: UnsafeMutableRawPointer?
  /// The number of bytes.
  package private(set) var count: Int
  /// The name that HDF5 knows it by. No two images have the same: the library takes files in memory of one name for one
  /// file, and would answer for the first when asked for the second.
  package let name = "image \(FileImage.made.add(1, ordering: .relaxed).newValue)"

  private let isMapped: Bool
  private static let made = Atomic(0)

  /// An empty image, to be filled by HDF5.
  package init() {
    start = nil
    count = 0
    isMapped = false
  }

  /// Room for `count` bytes, not set yet; nil if there is not so much memory.
  package init?(count: Int) {
    guard let start = malloc(max(count, 1)) else { return nil }
    self.start = start
    self.count = count
    isMapped = false
  }

  /// The bytes of an open file, for reading; those that nobody looks at are never read from the disk. Nil if the system
  /// does not map it.
  package init?(mapping file: Int32, count: Int) {
    let start = mmap(nil, max(count, 1), PROT_READ, MAP_PRIVATE, file, 0)
    guard let start, start != MAP_FAILED else { return nil }
    self.start = start
    self.count = count
    isMapped = true
  }

  deinit {
    if isMapped { munmap(start, max(count, 1)) } else { free(start) }
  }

  /// All bytes, valid while the image lives.
  package var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// Drops everything from byte `count` on.
  package func truncate(to count: Int) {
    precondition(!isMapped && count <= self.count, "an image cannot be truncated to more than it has")
    start = realloc(start, max(count, 1))
    self.count = count
  }

  /// Adds bytes that are not set yet until there are `count`; false if there is not so much memory.
  package func extend(to count: Int) -> Bool {
    precondition(!isMapped && count >= self.count, "an image is extended to no less than it has")
    return resize(to: count) != nil
  }

  /// A file access list that makes HDF5 write into this empty image, which grows by steps of `increment` bytes.
  package func accessForWriting(increment: Int) throws -> HDF5Handle {
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_malloc = { size, _, image in FileImage.of(image).resize(to: size) }
    callbacks.image_memcpy = { target, source, size, _, _ in memcpy(target!, source!, size) }
    callbacks.image_realloc = { _, size, _, image in FileImage.of(image).resize(to: size) }
    callbacks.image_free = { _, _, _ in 0 }  // the image stays when HDF5 has done
    return try access(&callbacks, increment: increment)
  }

  /// A file access list that makes HDF5 read this image where it lies, with no copy.
  package func accessForReading() throws -> HDF5Handle {
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_malloc = { _, _, image in FileImage.of(image).start }
    callbacks.image_memcpy = { target, _, _, _, _ in target }
    callbacks.image_realloc = { _, _, _, _ in nil }  // nobody changes it
    callbacks.image_free = { _, _, _ in 0 }
    let access = try access(&callbacks, increment: 1 << 16)
    try HDF5.check(H5Pset_file_image(access.id, start, count), "hand an image to HDF5")
    return access
  }

  private func access(
    _ callbacks: inout H5FD_file_image_callbacks_t, increment: Int
  ) throws -> HDF5Handle {
    callbacks.udata_copy = { $0 }  // the image outlives every list that names it: its owner sees to that
    callbacks.udata_free = { _ in 0 }
    callbacks.udata = Unmanaged.passUnretained(self).toOpaque()
    let access = try HDF5Handle(H5Pcreate(hdf5_file_access()), H5Pclose, "make a file access list")
    try HDF5.check(H5Pset_fapl_core(access.id, increment, false), "keep a file in memory")
    try HDF5.check(hdf5_set_format_1_10(access.id), "choose the file format")
    try HDF5.check(H5Pset_file_image_callbacks(access.id, &callbacks), "keep a file image")
    return access
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> FileImage {
    Unmanaged<FileImage>.fromOpaque(context!).takeUnretainedValue()
  }

  private func resize(to size: Int) -> UnsafeMutableRawPointer? {
    guard let larger = realloc(start, max(size, 1)) else { return nil }
    start = larger
    count = size
    return larger
  }
}
