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
