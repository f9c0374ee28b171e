import Foundation

/// What an error says in words for people: where the system refused something, its own words. Foundation's descriptions
/// are for programmers.
public func plainWords(_ error: any Error) -> String {
  let error = error as NSError
  guard error.domain == NSCocoaErrorDomain || error.domain == NSPOSIXErrorDomain else { return "\(error)" }
  let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError
  let code = [error, cause].compactMap(\.self).first { $0.domain == NSPOSIXErrorDomain }?.code
  if let code { return systemWords(code) }
  return switch CocoaError.Code(rawValue: error.code) {
  case .fileNoSuchFile, .fileReadNoSuchFile: systemWords(ENOENT)
  case .fileReadNoPermission, .fileWriteNoPermission: systemWords(EACCES)
  case .fileWriteOutOfSpace: systemWords(ENOSPC)
  case .fileWriteFileExists: systemWords(EEXIST)
  default: "the system refuses it"
  }
}

/// The file that an error of Foundation tells of, if it does.
public func fileInTrouble(_ error: any Error) -> String? {
  let facts = (error as NSError).userInfo
  return facts[NSFilePathErrorKey] as? String ?? (facts[NSURLErrorKey] as? URL)?.path
}

extension String {
  /// The text with control characters written out, and without its middle if it is long: names come from
  /// strangers, and messages go to terminals.
  package var printable: String {
    (utf8.count > 1200 ? prefix(200) + "..." + suffix(100) : self).harmless(keeping: [])
  }

  /// The text with what steers a terminal written out, but for the ends of lines and tabs.
  package var harmlessLines: String { harmless(keeping: ["\n", "\t"]) }

  private func harmless(keeping kept: Set<Unicode.Scalar>) -> String {
    func steers(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.generalCategory == .control && !kept.contains(scalar)
        || Self.directions.contains { $0.contains(scalar.value) }
    }
    guard unicodeScalars.contains(where: steers) else { return self }
    return unicodeScalars.map { steers($0) ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
  }

  /// What turns the direction of writing, so that a name is read as another.
  private static let directions: [ClosedRange<UInt32>] = [0x202A...0x202E, 0x2066...0x2069]
}
