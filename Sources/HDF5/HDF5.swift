import CHDF5
import Foundation

/// The HDF5 library behind one lock, quiet, and with its errors as Swift errors.
package enum HDF5 {
  /// The library's own words about a call that failed.
  package struct Failure: Error, CustomStringConvertible {
    package let action: String
    package let reason: String
    package var description: String { "\(action): \(reason)" }
  }

  private static let lock = NSRecursiveLock()

  /// Links to other files are unknown to the library from here on, and no code is loaded for filters.
  private static let prepared: Void = {
    H5open()
    H5Lunregister(H5L_TYPE_EXTERNAL)
    H5PLset_loading_state(0)
  }()

  /// Runs `body` with the library to itself: it keeps global state, so every call to it goes through here.
  package static func session<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    _ = prepared
    _ = hdf5_silence()
    return try body()
  }

  /// Throws the library's words if `status` says that the call failed.
  @discardableResult
  package static func check<Status: SignedInteger>(_ status: Status, _ action: @autoclosure () -> String)
    throws
    -> Status
  {
    if status < 0 { throw Failure(action: action(), reason: lastError()) }
    return status
  }

  /// The most specific error of the call that failed last.
  private static func lastError() -> String {
    var text = ""
    withUnsafeMutablePointer(to: &text) { text in
      _ = hdf5_walk_errors(
        { _, error, text in
          guard let text = text?.assumingMemoryBound(to: String.self) else { return 0 }
          guard text.pointee.isEmpty, let words = error?.pointee.desc else { return 0 }
          text.pointee = String(cString: words)
          return 0
        }, text)
    }
    return text.isEmpty ? "HDF5 gives no reason" : "HDF5 says \"\(text)\""
  }
}

/// An identifier of the library, closed when it goes out of scope.
package struct HDF5Handle: ~Copyable {
  package let id: hid_t
  private let release: @convention(c) (hid_t) -> herr_t

  /// Takes over `id`; throws if the call that made it failed.
  package init(_ id: hid_t, _ release: @convention(c) (hid_t) -> herr_t, _ action: @autoclosure () -> String)
    throws
  {
    try HDF5.check(id, action())
    self.id = id
    self.release = release
  }

  /// Closes now, and throws if that fails.
  package consuming func close(_ action: @autoclosure () -> String) throws {
    let (id, release) = (id, release)
    discard self
    try HDF5.check(release(id), action())
  }

  deinit { _ = release(id) }
}
