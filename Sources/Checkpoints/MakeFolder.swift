import Files
import Foundation

/// Makes a folder and those above it, so that their names survive a power cut, and with them what is put into it.
func makeFolder(_ path: String, disk: Disk = .real) throws {
  // A name lies in the folder above. That of the folder itself is seen to also when it is there: who made it may have
  // been killed before that.
  var unsynced = [path]
  var above = folder(of: path)
  while !FileManager.default.fileExists(atPath: above) {
    unsynced.append(above)
    above = folder(of: above)
  }
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let words = reason.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
    throw CheckpointError.cannotCreate(path: path, reason: words)
  }
  for made in unsynced {
    do throws(Disk.Failure) {
      try disk.syncFolder(folder(of: made))
    } catch {
      // The folder above may be one that we may only pass through, or of a file system that cannot do it.
      if [EACCES, EPERM, EINVAL].contains(error.code) { continue }
      throw CheckpointError.failedToWrite(path: path, reason: error.reason, intact: nil)
    }
  }
}
